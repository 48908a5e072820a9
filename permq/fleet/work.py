"""What the dispatcher decides about: jobs that are ready, nodes, policy, and what it decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

# Jobs of milliseconds that fill one slot: enough to hide the way there and back.
BRIEF_PER_SLOT = 32


@dataclass(frozen=True, slots=True)
class Work:
    """A job whose next slice is ready.

    Parameters
    ----------
    job
        Its id.
    work_class
        ``heavy``, ``light``, ``render`` or ``gpu``.
    priority
        0 (first) to 9.
    steps
        Work that remains, in the unit of a node's speed: what a slot of speed v does in a second
        is v. None where it is not known.
    started
        Whether a slice of it was done; such jobs go before new ones of their priority.
    numeric_class
        Of a started job, the class of nodes that began it: there it gives the same bits.
    node
        The only node it may go to, where the user named one.
    last_node
        Where its last slice was done; kept where that costs nothing.
    brief
        Whether it takes milliseconds.
    """

    job: int
    work_class: str
    priority: int
    steps: float | None
    started: bool = False
    numeric_class: str | None = None
    node: str | None = None
    last_node: str | None = None
    brief: bool = False


class Running(NamedTuple):
    """A heavy job that a node holds.

    Parameters
    ----------
    steps
        Work that remains as of its last checkpoint, in `Work.steps`' unit; None where it is not
        known.
    priority
        0 (first) to 9.
    movable
        Whether its next slice may be on another node; not where the user named the node.
    """

    steps: float | None
    priority: int
    movable: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """A node as the dispatcher sees it.

    Parameters
    ----------
    name
        Its name.
    apple
        Whether it is Apple Silicon.
    speed
        Measured steps/s of one slot.
    slots
        Slices it works on at a time.
    held
        Jobs assigned to it or running there, brief ones not counted.
    weight
        Factor of preference; a node of weight 0.5 is treated as if half as fast.
    classes
        Work classes it takes.
    numeric_class
        Nodes of one class give equal bits.
    state
        ``live``, ``draining`` or ``suspect`` (no heartbeat for a while); nodes that are gone are
        not listed.
    gpu
        Whether it has a GPU.
    brief
        Brief jobs assigned to it or running there.
    running
        The heavy ones among `held`.
    """

    name: str
    apple: bool
    speed: float
    slots: int
    held: int
    weight: float
    classes: frozenset[str]
    numeric_class: str
    state: str = "live"
    gpu: bool = False
    brief: int = 0
    running: tuple[Running, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """How work is spread.

    Parameters
    ----------
    heavy
        ``prefer``: the fastest free slot, whatever the chip. ``strict``: Apple Silicon alone.
    ahead
        How many slots' worth of brief jobs a node may hold beyond its slots.
    slice_seconds
        Length of a slice.
    """

    heavy: Literal["prefer", "strict"] = "prefer"
    ahead: int = 1
    slice_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What `assign` decided.

    Parameters
    ----------
    assignments
        Pairs of job and node, in the order in which the messages are to be sent.
    reasons
        Why a job waits although slots are or may become free, by job: one sentence. Jobs that
        merely wait for a slot are left out.
    """

    assignments: tuple[tuple[int, str], ...]
    reasons: Mapping[int, str]
