"""What happened when: every solution of a puzzle, and every slice of work in the meantime."""

from typing import NamedTuple

from permq.pool.connection import Cursor
from permq.pool.queries import load

MOST_SOLUTIONS = 50_000
MOST_SLICES = 200_000


class Moment(NamedTuple):
    """A solution in time.

    Parameters
    ----------
    at
        When it was found, seconds since 1970.
    cost, best
        Its own, and the least until then.
    method, node
        What found it, and where; the node is empty where nobody knows.
    solved
        Whether it is the answer.
    whole
        Number of the puzzle's solutions.
    """

    at: float
    cost: float
    best: float
    method: str
    node: str
    solved: bool
    whole: int


class Work(NamedTuple):
    """A slice of work; times in seconds since 1970."""

    node: str
    slots: int
    kind: str
    begun: float
    ended: float
    steps: int


def timeline(cursor: Cursor, puzzle_id: int, most: int = MOST_SOLUTIONS) -> list[Moment]:
    """Solutions of a puzzle in order of time.

    Of more than `most` solutions every improvement and an even choice of the others.
    """
    cursor.execute(load("figures")["timeline"], {"puzzle": int(puzzle_id), "most": int(most)})
    return [Moment(*row) for row in cursor.fetchall()]


def work(cursor: Cursor, puzzle_id: int, most: int = MOST_SLICES) -> list[Work]:
    """What all nodes did while a puzzle was worked on, in order of time; empty where it was not."""
    sql = load("figures")
    cursor.execute(sql["span"], {"puzzle": int(puzzle_id)})
    ((first, last),) = cursor.fetchall()
    if first is None:
        return []
    cursor.execute(sql["slices"], {"first": first, "last": last, "most": int(most)})
    return [Work(*row) for row in cursor.fetchall()]
