"""Which nodes may take a job, in order of preference, and why none may."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from permq.fleet.work import Node, Policy, Work

Key: TypeAlias = tuple[str, bool, str | None, str | None]


class Walk:
    """Nodes in an order of preference, with no way back, as their room only shrinks.

    Parameters
    ----------
    places
        Positions of the nodes, the preferred first.
    """

    __slots__ = ("_next", "places")

    def __init__(self, places: Iterable[int]) -> None:
        self.places = tuple(places)
        self._next = 0

    def first(self, room: Sequence[int], least: int) -> int | None:
        """First node with at least so much room; `least` must not fall from call to call."""
        while self._next < len(self.places):
            place = self.places[self._next]
            if room[place] >= least:
                return place
            self._next += 1
        return None


@dataclass(slots=True)
class Lane:
    """Jobs that the same nodes may take, in the same order of preference.

    Parameters
    ----------
    free
        Those nodes in the order in which their free slots are taken.
    full
        In the order in which they are given more than fills their slots: those with most slots
        first, as one of them is free soonest.
    reason
        Why there are none.
    critical
        A job with more work than this would hold up the fleet on the slowest of the slots.
    urgent
        With more than this, almost so on the fastest.
    declined
        Jobs of at least this much work are better off waiting than in the free slots.
    """

    free: Walk
    full: Walk
    reason: str | None = None
    critical: float = inf
    urgent: float = inf
    declined: float = inf

    @property
    def places(self) -> tuple[int, ...]:
        """Positions of the nodes."""
        return self.free.places


def key_of(work: Work) -> Key:
    """What decides which nodes may take a job."""
    bound = work.numeric_class if work.started else None
    return (work.work_class, work.brief, work.node, bound)


def value(node: Node) -> float:
    """Speed of one slot as far as preference goes."""
    # a node that was not measured yet counts as hopelessly slow, not as impossible
    return max(node.speed * node.weight, 1e-9)


def lane_of(key: Key, nodes: Sequence[Node], policy: Policy) -> Lane:
    """Nodes for the jobs of one key.

    Parameters
    ----------
    key
        See `key_of`.
    nodes
        All nodes, sorted by name.
    policy
        Whether heavy work may leave Apple Silicon.
    """
    work_class, brief, forced, numeric_class = key
    if forced is not None:
        return _forced_lane(forced, work_class, nodes)
    fitting = [i for i, node in enumerate(nodes) if _lack(node, work_class) is None]
    strict = policy.heavy == "strict" and work_class == "heavy"
    wanted = [i for i in fitting if nodes[i].apple or not strict]
    # What has begun stays within its class, even where the policy would not begin it. A node that
    # is silent may come back; one that drains does not.
    same = [
        i
        for i in fitting
        if nodes[i].numeric_class == numeric_class and nodes[i].state != "draining"
    ]
    fitting = [i for i in wanted if i in same] or same or wanted
    live = [i for i in fitting if nodes[i].state == "live"]
    if not live:
        return _closed(_reason(work_class, [nodes[i] for i in fitting], nodes, policy))
    live.sort(key=_preference(nodes, work_class, brief=brief))
    return Lane(Walk(live), Walk(sorted(live, key=lambda i: -nodes[i].slots)))


def _closed(reason: str) -> Lane:
    return Lane(Walk(()), Walk(()), reason)


def _preference(
    nodes: Sequence[Node], work_class: str, *, brief: bool
) -> Callable[[int], tuple[float, bool, str]]:
    """Sort key: the fastest first for long work, the slowest for the rest."""
    if work_class in {"heavy", "gpu"} and not brief:
        return lambda i: (-value(nodes[i]), not nodes[i].apple, nodes[i].name)
    # a weight below 1 makes a node less wanted here too
    return lambda i: (value(nodes[i]) / nodes[i].weight ** 2, nodes[i].apple, nodes[i].name)


def _lack(node: Node, work_class: str) -> str | None:
    """What a node lacks for a class of work, as the end of a sentence."""
    if node.slots <= 0:
        return "has no slots"
    if work_class not in node.classes:
        return f"takes no {work_class} work"
    if work_class == "gpu" and not node.gpu:
        return "has no GPU"
    return None


_STATES = {
    "draining": "is draining",
    "suspect": "has not been heard of for a while",
}


def _forced_lane(name: str, work_class: str, nodes: Sequence[Node]) -> Lane:
    for i, node in enumerate(nodes):
        if node.name == name:
            wrong = _lack(node, work_class) or _STATES.get(node.state)
            if wrong is None:
                return Lane(Walk((i,)), Walk((i,)))
            return _closed(f"waits for node {name}, which {wrong}")
    return _closed(f"waits for node {name}, which is not running")


def _reason(work_class: str, fitting: Sequence[Node], nodes: Sequence[Node], policy: Policy) -> str:
    """Why none of the nodes may take work of a class."""
    if fitting:
        states = ", ".join(f"{node.name} {_STATES[node.state]}" for node in fitting)
        return f"waits for a node that takes {work_class} work: {states}"
    if not any(node.state == "live" for node in nodes):
        return "no node is live"
    if work_class == "gpu":
        return "no live node with a GPU takes gpu work"
    if work_class == "heavy" and policy.heavy == "strict":
        return "no Apple Silicon node takes it, and the policy 'strict' keeps heavy work there"
    return f"no live node takes {work_class} work"
