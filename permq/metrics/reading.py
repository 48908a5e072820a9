"""One reading: everything that the fleet's rows say at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from permq.metrics.totals import Totals, Work, work_between
from permq.pool import tallies
from permq.pool.connection import Cursor, scalar
from permq.pool.nodes import NodeStatus, listing
from permq.pool.queries import load

RATE_WINDOW = timedelta(minutes=1)
PUZZLES = 100
"""So many of the newest puzzles are told of, besides those that are worked on."""
EXACT = 10_000
"""More solutions than these are estimated."""


class JobGroup(NamedTuple):
    """Jobs that have everything told here in common.

    `age` is that of the oldest ready one of the same class, in seconds; None for what is not ready.
    """

    state: str
    kind: str
    work_class: str
    puzzle: int | None
    jobs: int
    age: float | None


class PuzzleState(NamedTuple):
    """A puzzle and the best of its pool; ages in seconds, None where it is not so yet."""

    id: int
    name: str
    fingerprint: str
    solved_age: float | None
    cost: float | None
    improvement_age: float | None


@dataclass(frozen=True)
class Reading:
    """The fleet at a moment.

    Parameters
    ----------
    jobs, puzzles, nodes
        Rows, or groups of them.
    totals
        Work since the beginning, by node.
    slice_rates
        Slices/s of the last minute, by node.
    solutions, dead_letters, incoming
        How many.
    """

    jobs: tuple[JobGroup, ...]
    puzzles: tuple[PuzzleState, ...]
    nodes: tuple[NodeStatus, ...]
    totals: Mapping[str, Work]
    slice_rates: Mapping[str, float]
    solutions: int
    dead_letters: int
    incoming: int


FINISHED = frozenset({"done", "failed", "cancelled", "blocked"})


def read(cursor: Cursor, totals: Totals) -> Reading:
    """Ask Postgres.

    Parameters
    ----------
    cursor
        At the beginning of a transaction.
    totals
        Kept from reading to reading as long as the connection holds.
    """
    sql = load("metrics")
    cursor.execute(sql["guard"])
    cursor.execute(sql["now"])
    now = scalar(cursor)
    jobs = _jobs(cursor)
    worked_on = {group.puzzle for group in jobs if group.state not in FINISHED and group.puzzle}
    cursor.execute(sql["puzzles"], {"limit": PUZZLES, "worked_on": sorted(worked_on)})
    puzzles = tuple(PuzzleState(*row) for row in cursor.fetchall())
    cursor.execute(sql["solutions"], {"exact": EXACT})
    solutions = int(scalar(cursor))
    cursor.execute(sql["dead_letters"])
    dead_letters = int(scalar(cursor))
    cursor.execute(sql["incoming"])
    incoming = int(scalar(cursor))
    lately = work_between(cursor, now - RATE_WINDOW, "infinity")
    return Reading(
        jobs=jobs,
        puzzles=puzzles,
        nodes=tuple(listing(cursor)),
        totals=totals.read(cursor, now),
        slice_rates={
            node: work.slices / RATE_WINDOW.total_seconds() for node, work in lately.items()
        },
        solutions=solutions,
        dead_letters=dead_letters,
        incoming=incoming,
    )


def _jobs(cursor: Cursor) -> tuple[JobGroup, ...]:
    sorts = tallies.sorts(cursor)
    classes = {sort.work_class for sort in sorts}
    cursor.execute(load("metrics")["oldest"], {"classes": sorted(classes)})
    ages = dict(cursor.fetchall())
    return tuple(
        JobGroup(*sort, ages.get(sort.work_class) if sort.shown == "ready" else None)
        for sort in sorts
    )
