"""The pool as it is seen by who hands out work: nodes with room, ready jobs, assignment."""

from collections.abc import Sequence
from typing import NamedTuple

from permq.pool.connection import Cursor
from permq.pool.queries import load
from permq.pool.times import DEAD, SUSPECT

DISPATCH_LOCK = 7_065_726_002
"""Advisory lock of whoever hands out work: two at once would fill one slot twice."""

HEAVY = "heavy"
"""The lane of new heavy work that may go anywhere."""


class NodeRow(NamedTuple):
    """A node that may get work: its measures and how many jobs it holds."""

    id: int
    name: str
    apple: bool
    speed: float
    slots: int
    held: int
    held_brief: int
    weight: float
    classes: list[str]
    numeric_class: str
    state: str
    gpu: bool
    incarnation: int


class HeldRow(NamedTuple):
    """A heavy job that a node holds; `steps` remain, in the unit of the nodes' speeds."""

    node_id: int
    steps: float | None
    priority: int
    movable: bool


class ReadyRow(NamedTuple):
    """A job that waits for a node; `steps` remain, in the unit of the nodes' speeds.

    Jobs of one lane may go to the same nodes; `HEAVY` is that of new heavy work.
    """

    id: int
    work_class: str
    priority: int
    steps: float | None
    started: bool
    numeric_class: str | None
    requested_node: str | None
    last_node_id: int | None
    brief: bool
    lane: str


class Assigned(NamedTuple):
    """A job that was given to a node, as the message about it needs it."""

    id: int
    token: int
    node_id: int
    kind: str
    work_class: str
    priority: int
    slice: int
    puzzle: str | None


def lock_dispatch(cursor: Cursor) -> None:
    """Wait until nobody else hands out work; held to the end of the transaction."""
    cursor.execute(load("assignments")["lock_dispatch"], {"key": DISPATCH_LOCK})


def nodes_with_room(cursor: Cursor, *, each: bool = True) -> list[NodeRow]:
    """All nodes that are not gone or dead.

    Parameters
    ----------
    cursor
        Within a transaction.
    each
        Whether each has a row of its own; else those that are full stand together in some whose
        ids are negative.
    """
    given = {"suspect": SUSPECT, "dead": DEAD, "each": each}
    cursor.execute(load("assignments")["nodes_with_room"], given)
    return [NodeRow(*row) for row in cursor.fetchall()]


def heavy_held(cursor: Cursor) -> list[HeldRow]:
    """All heavy jobs that are assigned or run."""
    cursor.execute(load("assignments")["heavy_held"])
    return [HeldRow(*row) for row in cursor.fetchall()]


def backlog(cursor: Cursor, *, heavy: int, others: int) -> list[ReadyRow]:
    """The first ready jobs of every lane, by priority and age.

    Parameters
    ----------
    cursor
        Within a transaction.
    heavy
        How many of the lane of new heavy work at most: who hands it out looks for the longest.
    others
        How many of every other lane.
    """
    cursor.execute(load("assignments")["backlog"], {"heavy": heavy, "others": others})
    return [ReadyRow(*row) for row in cursor.fetchall()]


def assign(cursor: Cursor, choices: Sequence[tuple[int, NodeRow]]) -> list[Assigned]:
    """Give ready jobs to nodes; each gets a new token, which voids older messages."""
    if not choices:
        return []
    cursor.execute(
        load("assignments")["assign"],
        {
            "job": [job for job, _ in choices],
            "node": [node.id for _, node in choices],
            "incarnation": [node.incarnation for _, node in choices],
        },
    )
    return [Assigned(*row) for row in cursor.fetchall()]
