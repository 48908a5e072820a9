"""Runs in words, for the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from permq.bench.statistics import Estimate, wilson
from permq.pool.runs import BenchRow, RunRow


@dataclass(frozen=True)
class Line:
    """What one solver did.

    Parameters
    ----------
    solver, version
        Which.
    solved
        Share of its runs, with Wilson's interval.
    right
        Runs that are solved.
    seconds
        Of work on average; None where nothing is known.
    failed
        Runs whose jobs failed or were called off.
    """

    solver: str
    version: str
    solved: Estimate
    right: int
    seconds: float | None
    failed: int


def by_solver(rows: Sequence[RunRow]) -> list[Line]:
    """Sum up runs that have ended, by solver and version, in the order of the runs."""
    groups: dict[tuple[str, str], list[RunRow]] = {}
    for row in rows:
        if row.state != "pending":
            groups.setdefault((row.solver, row.version), []).append(row)
    found = []
    for (solver, version), own in groups.items():
        right = sum(bool(row.solved) for row in own)
        worked = [row.seconds for row in own if row.seconds is not None]
        found.append(
            Line(
                solver,
                version,
                wilson(right, len(own)),
                right,
                sum(worked) / len(worked) if worked else None,
                sum(row.state != "done" for row in own),
            )
        )
    return found


def lines(found: Sequence[Line]) -> list[str]:
    """Sums for people."""
    if not found:
        return ["no run has ended yet"]
    width = max(len(one.solver) for one in found)
    told = []
    for one in found:
        low, high = one.solved.low or 0.0, one.solved.high or 0.0
        text = f"{one.solver:{width}}  solved {one.right} of {one.solved.count} "
        text += f"[{low:.0%}, {high:.0%}]"
        if one.seconds is not None:
            text += f", {one.seconds:.1f} s of work each"
        if one.failed:
            text += f", {one.failed} failed or called off"
        told.append(text)
    return told


def facts_of(row: RunRow | BenchRow) -> dict[str, Any]:
    """A row as JSON can hold it."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._asdict().items()
    }
