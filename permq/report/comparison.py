"""Solvers compared over runs: tables, and the facts that can be derived from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from permq.bench.statistics import Estimate, wilson
from permq.pool.runs import RunRow

Cell = tuple[int, int]
"""Runs that are solved, and all."""

SLOWER = 1.5
"""Ratio of mean work from which a solver counts as slower than in the last report."""


@dataclass(frozen=True)
class Comparison:
    """Solved runs by solver and puzzle.

    Parameters
    ----------
    solvers, puzzles
        Names, in the order of the runs.
    cells
        By solver and puzzle, where there are runs.
    seconds
        Mean work by solver; those without any are left out.
    """

    solvers: tuple[str, ...]
    puzzles: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    seconds: Mapping[str, float]

    def total(self, solver: str) -> Cell:
        """Solved runs of a solver, and all."""
        own = [cell for (name, _), cell in self.cells.items() if name == solver]
        return sum(right for right, _ in own), sum(count for _, count in own)

    def estimate(self, solver: str) -> Estimate:
        """Share of a solver's runs that are solved, with Wilson's interval."""
        return wilson(*self.total(solver))

    @property
    def summary(self) -> dict[str, Any]:
        """What a later report compares itself with."""
        return {
            "cells": [
                [solver, puzzle, right, count]
                for (solver, puzzle), (right, count) in self.cells.items()
            ],
            "seconds": dict(self.seconds),
        }

    @classmethod
    def of_summary(cls, summary: Mapping[str, Any]) -> "Comparison":
        """Read what an earlier report kept."""
        cells = {(s, p): (int(right), int(count)) for s, p, right, count in summary["cells"]}
        return cls(
            tuple(dict.fromkeys(solver for solver, _ in cells)),
            tuple(dict.fromkeys(puzzle for _, puzzle in cells)),
            cells,
            {solver: float(value) for solver, value in summary["seconds"].items()},
        )


def compare(rows: Sequence[RunRow]) -> Comparison:
    """Count runs that have ended; what failed is not solved."""
    cells: dict[tuple[str, str], Cell] = {}
    worked: dict[str, list[float]] = {}
    for row in rows:
        right, count = cells.get((row.solver, row.puzzle), (0, 0))
        cells[row.solver, row.puzzle] = (right + bool(row.solved), count + 1)
        if row.seconds is not None:
            worked.setdefault(row.solver, []).append(row.seconds)
    return Comparison(
        tuple(dict.fromkeys(row.solver for row in rows)),
        tuple(dict.fromkeys(row.puzzle for row in rows)),
        cells,
        {solver: sum(values) / len(values) for solver, values in worked.items()},
    )


def facts(now: Comparison) -> list[str]:
    """What the counts say: the best, clear differences, surprises, what nobody solves."""
    best = max(now.solvers, key=lambda s: (now.estimate(s).mean, -now.seconds.get(s, 0.0)))
    if not now.total(best)[0]:
        return ["No run is solved."]
    told = [f"{best} solves most: {shares(now.total(best))}."]
    for place, one in enumerate(now.solvers):
        for other in now.solvers[place + 1 :]:
            if apart(now.total(one), now.total(other)):
                better, worse = sorted((one, other), key=lambda s: -now.estimate(s).mean)
                told.append(
                    f"{better} solves clearly more than {worse}: {shares(now.total(better))} "
                    f"against {shares(now.total(worse))}."
                )
    for (solver, puzzle), cell in now.cells.items():
        share, own = now.estimate(solver), wilson(*cell)
        if not (own.low or 0.0) <= share.mean <= (1.0 if own.high is None else own.high):
            told.append(
                f"Surprise: {solver} on {puzzle}: {shares(cell)}, though {share.mean:.0%} over all."
            )
    unsolved = [
        puzzle
        for puzzle in now.puzzles
        if not any(right for (_, p), (right, _) in now.cells.items() if p == puzzle)
    ]
    if unsolved:
        told.append(f"No run solves {', '.join(unsolved)}.")
    return told


def changes(now: Comparison, before: Comparison) -> tuple[list[str], list[str]]:
    """What became worse, and better, since an earlier report; each a sentence.

    Shares of solved runs by solver and puzzle, where both have runs; whether a change of a
    solver's total is beyond chance is told by the intervals. Work counts where it changed by
    `SLOWER`.
    """
    worse: list[str] = []
    better: list[str] = []
    for key, cell in now.cells.items():
        earlier = before.cells.get(key)
        if earlier is None or wilson(*earlier).mean == wilson(*cell).mean:
            continue
        sentence = f"{key[0]} on {key[1]}: {_plain(earlier)} before, {_plain(cell)} now"
        sentence += " (beyond chance)." if apart(earlier, cell) else "."
        (worse if wilson(*cell).mean < wilson(*earlier).mean else better).append(sentence)
    for solver, seconds in now.seconds.items():
        past = before.seconds.get(solver)
        if past and seconds > SLOWER * past:
            worse.append(f"{solver} works {seconds:.1f} s a run, {past:.1f} s before.")
        elif past and past > SLOWER * seconds:
            better.append(f"{solver} works {seconds:.1f} s a run, {past:.1f} s before.")
    return worse, better


def apart(one: Cell, other: Cell) -> bool:
    """Whether the Wilson intervals of two shares do not overlap."""
    first, second = sorted((wilson(*one), wilson(*other)), key=lambda estimate: estimate.mean)
    return (first.high or 0.0) < (second.low or 0.0)


def shares(cell: Cell) -> str:
    """Count, share and interval in words."""
    found = wilson(*cell)
    low, high = found.low or 0.0, found.high or 0.0
    return f"{cell[0]} of {cell[1]} [{low:.0%}, {high:.0%}]"


def _plain(cell: Cell) -> str:
    return f"{cell[0]} of {cell[1]}"
