"""What lists show of jobs, their slices and the pool's newest; nothing here changes anything."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from permq.pool import tallies
from permq.pool.connection import Cursor, scalar
from permq.pool.jobs import ENDED, UNFINISHED
from permq.pool.listed import (
    BestOf,
    Discovery,
    FindRow,
    JobFacts,
    JobRow,
    LogLine,
    PuzzleBest,
    Relative,
    SliceRow,
    Steps,
)
from permq.pool.queries import load

PAUSED = "paused"
STATES = (*UNFINISHED, PAUSED, *ENDED)
"""States as they are shown: what is held back before it runs is `paused`."""


@dataclass(frozen=True)
class Filter:
    """Which jobs are meant; None where anything goes.

    Parameters
    ----------
    jobs
        Ids.
    states
        Of `STATES`.
    kind
        Of work.
    node
        Where it is, was last, or must go.
    puzzle_id
        What it works on.
    submission
        What it was put in with.
    """

    jobs: tuple[int, ...] | None = None
    states: tuple[str, ...] | None = None
    kind: str | None = None
    node: str | None = None
    puzzle_id: int | None = None
    submission: int | None = None


def jobs(cursor: Cursor, wanted: Filter, limit: int) -> list[JobRow]:
    """What is not finished, in the order it will be done; then what has ended, newest first."""
    shown = STATES if wanted.states is None else wanted.states
    # each state is walked along an index of its own: none that is not wanted
    unfinished = UNFINISHED if PAUSED in shown else [one for one in UNFINISHED if one in shown]
    ended = [one for one in ENDED if one in shown]
    given = {"limit": limit, "unfinished": list(unfinished), "ended": ended}
    cursor.execute(_query("jobs"), _values(wanted) | given)
    return [JobRow(*row) for row in cursor.fetchall()]


def count(cursor: Cursor, wanted: Filter) -> int:
    """Number of jobs."""
    cursor.execute(_query("count"), _values(wanted))
    return int(scalar(cursor))


def ids(cursor: Cursor, wanted: Filter) -> dict[int, str]:
    """Shown states by job, in the order of ids."""
    cursor.execute(_query("ids"), _values(wanted))
    return dict(cursor.fetchall())


def counts(cursor: Cursor, wanted: Filter) -> dict[str, int]:
    """Jobs by shown state, those there are, in the order of `STATES`."""
    if (wanted.jobs, wanted.node, wanted.submission) == (None, None, None):
        found = tallies.counts(
            cursor, states=wanted.states, kind=wanted.kind, puzzle_id=wanted.puzzle_id
        )
    else:
        cursor.execute(_query("counts"), _values(wanted))
        found = dict(cursor.fetchall())
    return {state: int(found[state]) for state in STATES if state in found}


def steps(cursor: Cursor, wanted: Filter) -> Steps:
    """How far jobs are."""
    cursor.execute(_query("progress"), _values(wanted))
    ((done, total, unknown, rate),) = cursor.fetchall()
    return Steps(int(done), int(total), int(unknown), float(rate))


def best_of(cursor: Cursor, wanted: Filter) -> BestOf | None:
    """The best that jobs found; None where none found anything."""
    cursor.execute(_query("best_of"), _values(wanted))
    row = cursor.fetchone()
    return None if row is None else BestOf(*row)


def troubles(cursor: Cursor, wanted: Filter, limit: int) -> list[tuple[int, str, str, str | None]]:
    """Id, kind, state and reason of the first jobs that ended without a result."""
    cursor.execute(_query("troubles"), _values(wanted) | {"limit": limit})
    return list(cursor.fetchall())


def job(cursor: Cursor, number: int) -> JobFacts | None:
    """Everything of one job; None where there is none of this number."""
    cursor.execute(_query("job"), {"job": number})
    row = cursor.fetchone()
    return None if row is None else JobFacts(*row)


def parents(cursor: Cursor, number: int) -> list[Relative]:
    """Jobs that a job waits for, or did."""
    cursor.execute(_query("parents"), {"job": number})
    return [Relative(*row) for row in cursor.fetchall()]


def children(cursor: Cursor, number: int) -> list[Relative]:
    """Jobs that wait for a job, or did."""
    cursor.execute(_query("children"), {"job": number})
    return [Relative(*row) for row in cursor.fetchall()]


def slices(cursor: Cursor, number: int) -> list[SliceRow]:
    """A job's slices, the first one first."""
    cursor.execute(_query("slices"), {"job": number})
    return [SliceRow(*row) for row in cursor.fetchall()]


def finds(cursor: Cursor, number: int) -> list[FindRow]:
    """What a job found, the best first."""
    cursor.execute(_query("finds"), {"job": number})
    return [FindRow(*row) for row in cursor.fetchall()]


def lines(cursor: Cursor, number: int, after: int = 0) -> list[LogLine]:
    """A job's log, from behind the line of the number `after`."""
    cursor.execute(_query("lines"), {"job": number, "after": after})
    return [LogLine(*row) for row in cursor.fetchall()]


def bests(cursor: Cursor, puzzle_id: int | None = None, limit: int = 5) -> list[PuzzleBest]:
    """Pool best of one puzzle, or of the newest and those that are worked on."""
    cursor.execute(_query("bests"), {"puzzle": puzzle_id, "limit": limit})
    return [PuzzleBest(*row) for row in cursor.fetchall()]


def newest(cursor: Cursor, puzzle_id: int | None = None, limit: int = 8) -> list[Discovery]:
    """The last finds, the newest first."""
    cursor.execute(_query("newest"), {"puzzle": puzzle_id, "limit": limit})
    return [Discovery(*row) for row in cursor.fetchall()]


@cache
def _query(name: str) -> str:
    sql = load("listing")
    return sql[name].replace("{wanted}", sql["wanted"]).replace("{shown}", sql["shown"])


def _values(wanted: Filter) -> dict[str, Any]:
    return {
        "jobs": None if wanted.jobs is None else list(wanted.jobs),
        "states": None if wanted.states is None else list(wanted.states),
        "kind": wanted.kind,
        "node": wanted.node,
        "puzzle": wanted.puzzle_id,
        "submission": wanted.submission,
    }
