"""Nodes as rows: registration, heartbeat, leaving."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from permq.errors import PoolError
from permq.pool.connection import Cursor, scalar
from permq.pool.queries import load
from permq.pool.times import DEAD, SUSPECT

ELECTION = 7_065_726_003
"""Advisory lock of the node that looks after the fleet."""

MAX_NODES = 1_000
"""That live at a time: each asks Postgres every second, and all are looked at together."""


@dataclass(frozen=True)
class Registration:
    """What a node tells of itself when its worker starts.

    Parameters
    ----------
    name, host, pid
        Its name, machine and main process.
    chipset, apple, arch, gpu
        What it computes with.
    numeric_class
        Nodes of one class give bit-equal results.
    slots
        Jobs it does at once.
    weight
        Preference among equals; 1 is usual.
    speed
        Annealing steps/s of one slot, measured.
    classes
        Work classes it takes.
    version
        Of its software.
    memory
        Bytes that its processes may take together; None where that is not known.
    """

    name: str
    host: str
    pid: int
    chipset: str
    apple: bool
    arch: str
    gpu: str | None
    numeric_class: str
    slots: int
    weight: float
    speed: float
    classes: tuple[str, ...]
    version: str
    memory: int | None = None


class NodeStatus(NamedTuple):
    """A node as `permq nodes` shows it; `silent` in seconds, `rate` in steps/s of all slots."""

    name: str
    chipset: str
    apple: bool
    arch: str
    gpu: str | None
    numeric_class: str
    slots: int
    weight: float
    speed: float
    classes: list[str]
    version: str
    host: str
    pid: int
    incarnation: int
    started_at: datetime
    heartbeat: datetime
    silent: float
    state: str
    running: int
    assigned: int
    rate: float
    works_on: str | None


def register(cursor: Cursor, node: Registration) -> tuple[int, int]:
    """Put in or renew a node. Returns its row and its incarnation.

    Raises
    ------
    PoolError
        When there are too many nodes already.
    """
    cursor.execute(load("nodes")["others"], {"name": node.name, "dead": DEAD, "limit": MAX_NODES})
    if scalar(cursor) >= MAX_NODES:
        raise PoolError(
            f"there are {MAX_NODES:,} nodes already: end some of them, or give this machine one "
            "node with more slots (--slots)"
        )
    values: Mapping[str, Any] = asdict(node) | {"classes": list(node.classes)}
    cursor.execute(load("nodes")["register"], values)
    ((row, incarnation),) = cursor.fetchall()
    return int(row), int(incarnation)


def holder(cursor: Cursor, name: str) -> tuple[str, int] | None:
    """Host and process of the worker that bears a name and was heard of lately."""
    cursor.execute(load("nodes")["holder"], {"name": name, "suspect": SUSPECT})
    row = cursor.fetchone()
    return None if row is None else (str(row[0]), int(row[1]))


def beat(cursor: Cursor, name: str, incarnation: int) -> str | None:
    """Say that a node lives. Returns its state; None when a later start has taken its name."""
    cursor.execute(load("nodes")["beat"], {"name": name, "incarnation": incarnation})
    state = scalar(cursor)
    return None if state is None else str(state)


def leave(cursor: Cursor, name: str, incarnation: int) -> None:
    """Sign a node off."""
    cursor.execute(load("nodes")["leave"], {"name": name, "incarnation": incarnation})


def drain(cursor: Cursor, name: str, *, drained: bool = True) -> bool:
    """Give a node nothing new, or again; False when there is no such node."""
    state = "draining" if drained else "live"
    cursor.execute(load("nodes")["drain"], {"name": name, "state": state})
    return cursor.fetchone() is not None


def take_turn(cursor: Cursor, seconds: float) -> bool:
    """Whether it is the caller's turn to look after the whole fleet, in this transaction.

    Parameters
    ----------
    cursor
        Within a transaction, which nobody else's care overlaps.
    seconds
        Since the last turn of anybody.
    """
    cursor.execute(load("nodes")["take_turn"], {"seconds": seconds, "key": ELECTION})
    return cursor.fetchone() is not None


def listing(cursor: Cursor) -> list[NodeStatus]:
    """All nodes ever registered, by name."""
    cursor.execute(load("nodes")["listing"], {"suspect": SUSPECT, "dead": DEAD})
    return [NodeStatus(*row) for row in cursor.fetchall()]
