"""The process of one parser: it makes cases, parses them, and writes down what it finds."""

import faulthandler
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from tests.fuzz.judge import Judge, Ledger, digest
from tests.fuzz.mutate import Mutation, mutator
from tests.fuzz.registry import found_cases, target_named
from tests.fuzz.target import Target

SPACE_BYTES = 2 << 30
"""Address space beyond what a process has when it begins; no parser needs near as much."""
MOST_FOUND = 50


@dataclass(frozen=True)
class Assignment:
    """What a process shall do.

    Parameters
    ----------
    target
        Name of the parser.
    cases
        How many to parse.
    seconds
        When to stop all the same; None for never.
    seed
        Of everything random.
    folder
        Where it works; its parent keeps nothing of it.
    found
        Where cases that break the law are written.
    guided
        Whether coverage chooses what is mutated.
    """

    target: str
    cases: int
    seconds: float | None
    seed: int
    folder: Path
    found: Path
    guided: bool


def work(order: Assignment) -> None:
    """Do it; what there is to tell lies in the folder afterwards."""
    order.folder.mkdir(parents=True, exist_ok=True)
    log = os.open(order.folder / "log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ["TMPDIR"] = str(order.folder)
    own = order.folder / "scratch"
    own.mkdir(exist_ok=True)
    target = target_named(order.target)
    run = target.prepare(own)
    seeds = target.seeds()
    judge = Judge(target, run, own)
    ledger = Ledger(order.folder / "ledger")
    # what hangs in C cannot be interrupted by Python: the stack is written and the process ends
    for limit in (signal.SIGALRM, signal.SIGPROF):
        faulthandler.register(limit, file=log, all_threads=True, chain=True)
    used = int(Path("/proc/self/statm").read_text().split()[0]) if _on_linux() else 0
    if used:
        space = used * resource.getpagesize() + SPACE_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (space, resource.getrlimit(resource.RLIMIT_AS)[1]))
    court = _Court(order, judge, ledger)
    kept = [data for _, data in found_cases(order.target)]
    refused = [number for number, seed in enumerate(seeds) if not court.parse(seed)]
    for data in kept:
        court.parse(data)
    court.note(seeds=len(seeds), refused=refused)
    change = mutator([*seeds, *kept], target.words, target.mutations)
    if order.guided:
        _guided(order, target, court.parse, [*seeds, *kept], change)
    else:
        _blind(order, court, [*seeds, *kept], change)


class _Court:
    """Judges cases, keeps the guilty, and counts."""

    def __init__(self, order: Assignment, judge: Judge, ledger: Ledger) -> None:
        self.order, self.judge, self.ledger = order, judge, ledger
        self.known = {one.name.rpartition("-")[0] for one in order.found.glob("*.told")}
        self.ends = None if order.seconds is None else time.monotonic() + order.seconds

    def parse(self, data: bytes) -> bool:
        self.ledger.begin(data)
        problem = self.judge.judge(data)
        self.ledger.parsed += self.judge.parsed
        self.ledger.end()
        if problem is not None:
            keep(self.order, data, problem.key, problem.told)
        return self.judge.parsed

    @property
    def over(self) -> bool:
        return self.ledger.cases >= self.order.cases or (
            self.ends is not None and time.monotonic() > self.ends
        )

    def note(self, **facts: object) -> None:
        (self.order.folder / "facts.json").write_text(json.dumps(facts))


def keep(order: Assignment, data: bytes, key: str, told: str) -> None:
    """Write a case down, once for every place and way in which a parser fails."""
    order.found.mkdir(parents=True, exist_ok=True)
    name = f"{order.target}-{digest(key.encode())}"
    file = order.found / f"{name}.case"
    if file.exists() and len(file.read_bytes()) <= len(data):
        return
    if not file.exists() and len(list(order.found.glob(f"{order.target}-*.case"))) >= MOST_FOUND:
        return
    file.write_bytes(data)
    facts = {"target": order.target, "seed": order.seed, "key": key}
    (order.found / f"{name}.told").write_text(f"{json.dumps(facts)}\n{told}")


def _blind(order: Assignment, court: _Court, seeds: list[bytes], change: Mutation) -> None:
    """Mutate seeds, and what was made of them, without looking at what it does."""
    rng = Random(order.seed)
    lineage: list[bytes] = list(seeds)
    longest = target_named(order.target).longest
    while not court.over:
        data = rng.choice(lineage if rng.random() < 0.3 else seeds)
        for _ in range(rng.choice((1, 1, 2, 4))):
            data = change(data, rng)
        data = data[:longest]
        if court.parse(data):  # what is still accepted is worth going on from
            lineage.append(data)
            if len(lineage) > len(seeds) + 500:
                del lineage[rng.randrange(len(seeds), len(lineage))]


def _guided(
    order: Assignment,
    target: Target,
    parse: Callable[[bytes], bool],
    seeds: list[bytes],
    change: Mutation,
) -> None:
    """Let libFuzzer choose by coverage; it ends the process itself."""
    import atheris

    corpus = order.folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    rng = Random(order.seed)

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        rng.seed(seed)
        if rng.random() < 0.3:
            return bytes(atheris.Mutate(data, largest))
        return change(data, rng)[:largest]

    words = [
        sys.argv[0],
        str(corpus),
        f"-runs={max(1, order.cases - len(seeds)) if order.seconds is None else -1}",
        f"-seed={order.seed % 2**31 or 1}",
        f"-max_len={max(target.longest, *map(len, seeds))}",
        *("-timeout=0", "-rss_limit_mb=0", "-handle_alrm=0", "-handle_int=0", "-handle_term=0"),
        *("-print_final_stats=1", "-use_value_profile=0", "-len_control=0", "-reduce_inputs=1"),
        f"-artifact_prefix={order.folder}/",
    ]
    if order.seconds is not None:
        words.append(f"-max_total_time={max(1, round(order.seconds))}")
    atheris.Setup(words, lambda data: parse(data) and None, custom_mutator=mutate)
    atheris.Fuzz()


def _on_linux() -> bool:
    return sys.platform == "linux"


def as_words(order: Assignment) -> dict[str, object]:
    """An assignment as JSON can hold it."""
    return {name: str(v) if isinstance(v, Path) else v for name, v in asdict(order).items()}
