"""How many jobs there are, without counting them: every change of jobs is tallied as it happens."""

from collections.abc import Sequence
from typing import NamedTuple

from permq.pool.connection import Cursor
from permq.pool.queries import load

QUEUED = ("waiting", "ready", "paused")


class Sort(NamedTuple):
    """Jobs that have everything tallied in common; `shown` is the state, or `paused`."""

    shown: str
    kind: str
    work_class: str
    puzzle_id: int | None
    jobs: int


def sorts(cursor: Cursor) -> list[Sort]:
    """All sorts of jobs there are."""
    cursor.execute(load("tallies")["sorts"])
    return [Sort(*row) for row in cursor.fetchall()]


def counts(
    cursor: Cursor,
    *,
    states: Sequence[str] | None = None,
    kind: str | None = None,
    puzzle_id: int | None = None,
) -> dict[str, int]:
    """Jobs by shown state; None where anything goes."""
    given = {
        "states": None if states is None else list(states),
        "kind": kind,
        "puzzle": puzzle_id,
    }
    cursor.execute(load("tallies")["counts"], given)
    return {shown: int(jobs) for shown, jobs in cursor.fetchall()}


def queued(cursor: Cursor) -> int:
    """Number of jobs that wait, are ready or are held back."""
    return sum(counts(cursor, states=QUEUED).values())


def fold(cursor: Cursor) -> None:
    """Add up what was tallied; done now and then, so that there is never much to read."""
    cursor.execute(load("tallies")["fold"])
