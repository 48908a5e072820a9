"""A process for every parser, some side by side; one that dies is begun again."""

import contextlib
import json
import multiprocessing
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.judge import Ledger
from tests.fuzz.target import Target
from tests.fuzz.work import Assignment, keep, work

DEATHS = 8
"""A parser that ends its process more often is left alone for the rest."""
SLACK_SECONDS = 30.0
_COVERED = re.compile(r"cov: (\d+) ft: (\d+)")


@dataclass(frozen=True)
class Budget:
    """How long to go on.

    Parameters
    ----------
    cases
        In all.
    seconds
        In all, instead of cases.
    seed
        Of everything random.
    """

    cases: int
    seconds: float | None
    seed: int


@dataclass(frozen=True)
class Report:
    """What became of one parser.

    Parameters
    ----------
    parser
        Its name.
    cases, parsed
        How many there were, and how many of them were accepted.
    seconds
        How long it took.
    branches, features
        Of permq that were reached, and what libFuzzer tells cases apart by; None where nobody
        looked.
    found
        Cases that broke the law.
    refused_seeds
        Valid cases that were not accepted: a fault of the target.
    short
        Cases it did not come to.
    """

    parser: str
    cases: int
    parsed: int
    seconds: float
    branches: int | None
    features: int | None
    found: tuple[str, ...]
    refused_seeds: tuple[int, ...]
    short: int

    @property
    def failed(self) -> bool:
        """Whether it did not do what it should."""
        return bool(self.found or self.refused_seeds or self.short)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class _Parser:
    """One parser's process, and those after it."""

    def __init__(self, target: Target, order: Assignment) -> None:
        self.target = target
        self.order = order
        self.ledger = order.folder / "ledger"
        self.deaths = 0
        self.began = time.monotonic()
        self.process: Any = None

    def start(self) -> None:
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.process = context.Process(target=_quietly, args=(self.order,))
        self.process.start()

    @property
    def alive(self) -> bool:
        return bool(self.process.is_alive())

    def goes_on(self) -> bool:
        """See why it ended; whether another process goes on in its place."""
        self.process.join()
        ledger = Ledger(self.ledger)
        at_work = ledger.at_work
        left = self.order.cases - ledger.cases
        if at_work is None or ledger.cases == 0:
            if self.process.exitcode:  # between two cases, so it is the harness' own fault
                keep(self.order, b"", f"ended {self._why()}", self._log())
            return False
        keep(self.order, at_work, f"death {self._why()}", self._log())
        ledger.end()
        self.deaths += 1
        if left <= 0 or self.deaths >= DEATHS:
            return False
        shutil.rmtree(self.order.folder / "scratch", ignore_errors=True)
        again = {**vars(self.order), "seed": self.order.seed + 1000}
        self.order = Assignment(**again)
        self.start()
        return True

    def report(self) -> Report:
        ledger = Ledger(self.ledger)
        log = self._log()
        covered = _COVERED.findall(log)
        facts: dict[str, Any] = {}
        with contextlib.suppress(OSError):
            facts = json.loads((self.order.folder / "facts.json").read_text())
        found = tuple(
            str(one) for one in sorted(self.order.found.glob(f"{self.target.name}-*.case"))
        )
        if not ledger.cases:  # it did not even begin
            (self.order.found).mkdir(parents=True, exist_ok=True)
            place = self.order.found / f"{self.target.name}-start.told"
            place.write_text(log)
            found = (*found, str(place))
        timed = self.order.seconds is not None
        return Report(
            parser=self.target.name,
            cases=ledger.cases,
            parsed=ledger.parsed,
            seconds=time.monotonic() - self.began,
            branches=int(covered[-1][0]) if covered else None,
            features=int(covered[-1][1]) if covered else None,
            found=found,
            refused_seeds=tuple(facts.get("refused", ())),
            short=0 if timed else max(0, self.order.cases - ledger.cases),
        )

    def _why(self) -> str:
        code = self.process.exitcode
        return f"by signal {-code}" if code and code < 0 else f"with status {code}"

    def _log(self) -> str:
        try:
            return (self.order.folder / "log").read_text(errors="replace")[-100_000:]
        except OSError:
            return ""


def run(
    targets: Sequence[Target],
    budget: Budget,
    folder: Path,
    found: Path,
    *,
    jobs: int | None,
    guided: bool,
    told: Callable[[Report], None],
) -> list[Report]:
    """Fuzz some parsers.

    Parameters
    ----------
    targets
        Which.
    budget
        Shared among them by their weights.
    folder
        To work in.
    found
        Where cases that break the law are written; what lies there of these parsers goes.
    jobs
        Processes side by side; one for every processor by default.
    guided
        Whether coverage chooses.
    told
        Called with each report as it comes.
    """
    jobs = jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or 2
    whole = sum(target.weight for target in targets)
    waiting = []
    for target in targets:
        for old in found.glob(f"{target.name}-*"):
            old.unlink()
        share = target.weight / whole
        seconds = None if budget.seconds is None else budget.seconds * share * jobs
        cases = max(1, round(budget.cases * share)) if budget.seconds is None else 10**12
        order = Assignment(
            target.name, cases, seconds, budget.seed, folder / target.name, found, guided
        )
        waiting.append(_Parser(target, order))
    working: list[_Parser] = []
    reports = []
    try:
        while waiting or working:
            while waiting and len(working) < jobs:
                parser = waiting.pop(0)
                parser.began = time.monotonic()
                parser.start()
                working.append(parser)
            time.sleep(0.02)
            for parser in [one for one in working if not one.alive]:
                if parser.goes_on():
                    continue
                working.remove(parser)
                reports.append(parser.report())
                told(reports[-1])
    finally:
        for parser in working:
            parser.process.kill()
            parser.process.join()
    return reports


def _quietly(order: Assignment) -> None:
    """Work; Ctrl-C is the parent's to answer."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work(order)
