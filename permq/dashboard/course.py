"""Convergence: solutions over time, and the least cost so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from permq.pool import listing
from permq.pool.connection import Cursor, scalar
from permq.pool.queries import load

EACH_END = 800
"""Solutions that are shown of the cheapest, the first and the last."""

STRETCHES, OF_A_STRETCH = 200, 4
EXACT = 20_000
"""More solutions than these are not counted."""


class Point(NamedTuple):
    """One solution; `at` in milliseconds since 1970."""

    id: int
    at: float
    cost: float
    method: str
    node: str | None


@dataclass(frozen=True)
class Course:
    """Solutions in order of time, and which of them were the best so far.

    Parameters
    ----------
    points
        All, or of a large pool the cheapest, the first, the last and a sample in between.
    records
        Places among the points at which the least cost fell.
    """

    points: tuple[Point, ...]
    records: tuple[int, ...]


def course(rows: Sequence[tuple[int, datetime, float, str, str | None]]) -> Course:
    """Find the records among solutions in order of time."""
    points = tuple(
        Point(number, at.timestamp() * 1000, cost, method, node)
        for number, at, cost, method, node in rows
    )
    records, least = [], float("inf")
    for place, point in enumerate(points):
        if point.cost < least:
            least = point.cost
            records.append(place)
    return Course(points, tuple(records))


def convergence(cursor: Cursor, puzzle_id: int) -> dict[str, Any]:
    """Read one puzzle's solutions over time, and its best."""
    sql = load("dashboard")
    cursor.execute(
        sql["course"],
        {
            "puzzle": puzzle_id,
            "limit": EACH_END,
            "stretches": STRETCHES,
            "each": OF_A_STRETCH,
        },
    )
    found = course(cursor.fetchall())
    cursor.execute(sql["solutions"], {"puzzle": puzzle_id, "limit": EXACT + 1})
    count = int(scalar(cursor))
    best = listing.bests(cursor, puzzle_id, 1)
    return {
        "best": best[0] if best else None,
        "solutions": min(count, EXACT),
        "more": count > EXACT,
        # columns are a third of the size of objects
        "points": {name: [getattr(p, name) for p in found.points] for name in Point._fields},
        "records": found.records,
    }
