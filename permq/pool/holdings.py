"""The pool as a node sees it: what it holds itself, and what an earlier start of it held."""

from typing import NamedTuple

from permq.pool.assignments import Assigned
from permq.pool.connection import Cursor, scalar
from permq.pool.queries import load


class Held(NamedTuple):
    """A job that a node holds.

    `pid` is the process that works on it, None before it has begun; `waited` are seconds since it
    was assigned.
    """

    job: Assigned
    pid: int | None
    waited: float


def held(cursor: Cursor, node: str) -> list[Held]:
    """All that a node holds, in the order in which it is to be done."""
    cursor.execute(load("holdings")["held"], {"node": node})
    return [Held(Assigned(*job), pid, waited) for *job, pid, waited in cursor.fetchall()]


def brief_waiting(cursor: Cursor, node: str, limit: int) -> int:
    """Brief jobs that are assigned to a node and have not begun, counted up to a limit."""
    cursor.execute(load("holdings")["brief_waiting"], {"node": node, "limit": limit})
    return int(scalar(cursor))


def held_before(cursor: Cursor, node_id: int, incarnation: int) -> list[int]:
    """Jobs that an earlier start of a node held; locked."""
    given = {"node": node_id, "incarnation": incarnation}
    cursor.execute(load("holdings")["held_elsewhere"], given)
    return [number for (number,) in cursor.fetchall()]


def held_by(cursor: Cursor, node: str) -> list[int]:
    """Jobs assigned to a node that have not begun; locked."""
    cursor.execute(load("holdings")["held_by"], {"node": node})
    return [number for (number,) in cursor.fetchall()]
