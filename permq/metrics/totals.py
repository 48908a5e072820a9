"""Slices and steps of each node since the beginning, without counting all of them every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from permq.pool.connection import Cursor
from permq.pool.queries import load

SETTLED = timedelta(minutes=5)
"""A slice's time is taken before its transaction ends: younger ones are counted anew."""
RECOUNT = timedelta(minutes=10)
"""A restored backup brings slices of old: everything is counted again from time to time."""
BEGINNING = "-infinity"


@dataclass(frozen=True)
class Work:
    """What a node has done.

    Parameters
    ----------
    slices, steps
        How many.
    """

    slices: int = 0
    steps: int = 0

    def __add__(self, other: "Work") -> "Work":
        return Work(self.slices + other.slices, self.steps + other.steps)


class Totals:
    """Work by node; the settled part is kept from reading to reading."""

    def __init__(self) -> None:
        self._settled: Mapping[str, Work] = {}
        self._until: datetime | None = None
        self._counted: datetime | None = None

    def read(self, cursor: Cursor, now: datetime) -> Mapping[str, Work]:
        """Count what was done until now.

        Parameters
        ----------
        cursor
            Within a transaction.
        now
            Time by Postgres' clock.
        """
        edge = now - SETTLED
        if self._counted is None or not timedelta() <= now - self._counted < RECOUNT:
            self._settled = work_between(cursor, BEGINNING, edge)
            self._until, self._counted = edge, now
        elif self._until is not None and edge > self._until:
            self._settled = added(self._settled, work_between(cursor, self._until, edge))
            self._until = edge
        return added(self._settled, work_between(cursor, self._until or edge, "infinity"))


def work_between(
    cursor: Cursor, after: datetime | str, until: datetime | str
) -> Mapping[str, Work]:
    """Work of slices that ended after one time and not after another, by node."""
    cursor.execute(load("metrics")["slices"], {"after": after, "until": until})
    return {str(node): Work(int(count), int(steps)) for node, count, steps in cursor.fetchall()}


def added(first: Mapping[str, Work], second: Mapping[str, Work]) -> Mapping[str, Work]:
    """Sum of two counts, node by node."""
    return {
        node: first.get(node, Work()) + second.get(node, Work()) for node in {**first, **second}
    }
