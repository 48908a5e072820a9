"""The latest pictures that jobs have made of a puzzle."""

from datetime import datetime
from typing import NamedTuple

from permq.pool.connection import Cursor
from permq.pool.queries import load

SHOWN = ("image/gif", "image/png", "image/svg+xml", "image/jpeg", "image/webp")
"""Forms that a browser is given; where a picture has several, the first of them."""


class FigureRow(NamedTuple):
    """A picture's facts; `size` in bytes."""

    id: int
    name: str
    kind: str
    media_type: str
    job: int | None
    made_at: datetime
    size: int


class Picture(NamedTuple):
    """A picture itself."""

    media_type: str
    content: bytes


def latest(cursor: Cursor, puzzle_id: int) -> list[FigureRow]:
    """Newest picture of every name."""
    cursor.execute(load("dashboard")["figures"], {"puzzle": puzzle_id, "forms": list(SHOWN)})
    return [FigureRow(*row) for row in cursor.fetchall()]


def picture(cursor: Cursor, number: int) -> Picture | None:
    """One picture; None where there is none that a browser may be given."""
    cursor.execute(load("dashboard")["figure"], {"id": number})
    row = cursor.fetchone()
    if row is None or row[1] not in SHOWN:
        return None
    return Picture(row[1], bytes(row[2]))
