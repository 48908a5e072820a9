"""Jobs of every kind, alone, in chains and joined; small, and each with one possible outcome."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from permq.core.arrangement import Arrangement
from permq.jobs.kinds import KINDS
from permq.jobs.submission import Order, Step
from permq.pool.puzzles import PuzzleRow
from tests.nodes import EXAMPLE, Fleet, step

# too hot to settle, cold enough to find something better now and then
HOT: dict[str, Any] = {"hot": 0.06, "cold": 0.03, "perturbation": 0}
RANDOM = {"from": "random", "rows": 64}


@dataclass(frozen=True)
class Asked:
    """One submission: its steps, as `permq submit --then` would take them, and its seed."""

    steps: tuple[Step, ...]
    needs_puzzle: bool = True
    seed: int = 0

    def order(self, puzzle: PuzzleRow, command: str) -> Order:
        """Make the order of it."""
        return Order(
            self.steps,
            puzzle=puzzle if self.needs_puzzle else None,
            seed=self.seed,
            keep_going=True,
            again=True,
            command=command,
        )

    @property
    def jobs(self) -> int:
        """Number of jobs that it becomes."""
        count, width = 0, 1
        for number, one in enumerate(self.steps):
            # a joined step is one for all, others follow each job before them
            width = one.count if one.join or not number else width * one.count
            width *= len(KINDS[one.kind].expand(one.params))
            count += width
        return count


SUITE = "chaos"


def keep_bench(fleet: Fleet, row: PuzzleRow) -> None:
    """Make a benchmark that was run, for the kinds that show and report on one."""
    answer = list(Arrangement.read(EXAMPLE / "answer.txt").pieces)
    fleet.run(
        "INSERT INTO regimes (regime, puzzle_id, recipe, answer) VALUES ('small', %s, '{}', %s)",
        *(row.id, answer),
    )
    fleet.run(
        "WITH bench AS (INSERT INTO benches (suite, spec, version, command)"
        "   VALUES (%s, '{}', '0', '') RETURNING id),"
        " submission AS (INSERT INTO submissions (command, base_seed) VALUES ('', 0) RETURNING id)"
        " INSERT INTO runs (bench_id, submission_id, solver, settings, puzzle_id, regime, seed,"
        "   version, state, solved, verdict, pairs_right, positions_right, final_mse, seconds,"
        "   ended_at)"
        " SELECT bench.id, submission.id, 'solve', '{}', %s, 'small', 0, '0', 'done', true,"
        "   'solved', %s, %s, 0, 1, clock_timestamp() FROM bench, submission",
        *(SUITE, row.id, row.blocks, row.blocks),
    )


def anneal(steps: int, count: int = 1) -> Step:
    return step("anneal", count, steps=steps, **RANDOM, **HOT)


def _wave() -> list[Asked]:
    """Every kind of job at least once."""
    refine = step("refine", steps=2, rows=64)
    return [
        Asked((anneal(24_000, 2),)),
        Asked((anneal(12_000), refine, step("surgery", steps=10, rows=64))),
        Asked((anneal(5_000, 3), replace(refine, join=True))),
        Asked((step("constrained", steps=8_000, lock="0-1", **RANDOM, **HOT),)),
        Asked((anneal(3_000), step("zone", positions="0-4", rows=64, trials=200))),
        Asked((step("rotate", steps=1, **RANDOM), step("cascade", steps=1, rows=64))),
        Asked((step("lns", steps=150, size=3, choose="random", **RANDOM),)),
        Asked((step("sweep", count=5, parts=2, **RANDOM),)),
        Asked((step("pair", method="ensemble"), step("order", method="quick", rows=64))),
        Asked((step("loo", **RANDOM),)),
        Asked((step("solve", attempts=1, rows=64),)),
        Asked((step("noop", 4, steps=1), step("noop", steps=2)), needs_puzzle=False),
        Asked((anneal(300), step("history"), step("embed"))),
        Asked((step("twin", epochs=2, rows=20),)),
    ]


def waves(seed: int) -> Iterator[Asked]:
    """Submissions without end: all kinds in an order of their own, and again.

    Every other wave has the same seeds: whatever strikes them, their jobs must end alike.
    """
    rng = random.Random(seed)
    for number in itertools.count():
        base = 1000 * seed + 100 * (number % 2)
        wave = [replace(asked, seed=base + n) for n, asked in enumerate(_wave())]
        if number == 0:
            # once: they take as long as all the others
            figures = step("figures", names="convergence")
            wave.append(Asked((anneal(300), figures), seed=base))
            wave.append(Asked((step("report", suite=SUITE),), needs_puzzle=False, seed=base))
            views = step("views", suites=SUITE, views="board", metrics="solved")
            wave.append(Asked((views,), needs_puzzle=False, seed=base))
        rng.shuffle(wave)
        yield from wave
