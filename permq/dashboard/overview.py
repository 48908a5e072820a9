"""What goes on now: jobs, nodes, and which puzzles there are."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from permq.pool import listing
from permq.pool.connection import Cursor
from permq.pool.nodes import NodeStatus
from permq.pool.nodes import listing as list_nodes
from permq.pool.queries import load

JOBS = 20
"""So many are listed: what runs and waits first, then what has ended last."""

NODES = 40
"""So many are listed: those that something is wrong with, then the busiest."""

PUZZLES = 50
FINDS = 6
EVERYTHING = listing.Filter()

_SHOWN = (
    *("id", "kind", "puzzle", "state", "paused", "node", "steps_done", "steps_total", "rate"),
    *("current_cost", "best_cost", "reason", "error", "age"),
)
_NODE = ("name", "chipset", "state", "slots", "running", "rate", "silent")


class PuzzleName(NamedTuple):
    """A puzzle to choose."""

    id: int
    name: str
    fingerprint: str
    blocks: int
    solved: bool


def overview(cursor: Cursor) -> dict[str, Any]:
    """Read jobs by state and those that matter now, nodes, and the newest puzzles."""
    cursor.execute(load("dashboard")["puzzles"], {"limit": PUZZLES})
    puzzles = [PuzzleName(*row) for row in cursor.fetchall()]
    jobs = [row._asdict() for row in listing.jobs(cursor, EVERYTHING, JOBS)]
    # whoever left long ago is no news
    nodes = [row for row in list_nodes(cursor) if row.state != "gone"]
    return {
        "puzzles": puzzles,
        "counts": listing.counts(cursor, EVERYTHING),
        "jobs": [{name: job[name] for name in _SHOWN} for job in jobs],
        "finds": listing.newest(cursor, None, FINDS),
        "fleet": fleet(nodes),
        "nodes": [{name: getattr(node, name) for name in _NODE} for node in first(nodes)],
    }


def fleet(nodes: Sequence[NodeStatus]) -> dict[str, float]:
    """All nodes together: how many there are, how many live and with how many slots, steps/s."""
    live = [node for node in nodes if node.state == "live"]
    return {
        "nodes": len(nodes),
        "live": len(live),
        "slots": sum(node.slots for node in live),
        "rate": sum(node.rate for node in nodes),
    }


def first(nodes: Sequence[NodeStatus]) -> list[NodeStatus]:
    """Nodes to be listed, by name."""
    wanted = sorted(nodes, key=lambda node: (node.state == "live", -node.running, node.name))
    return sorted(wanted[:NODES], key=lambda node: node.name)
