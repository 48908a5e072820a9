"""What goes on now: jobs, nodes, and which puzzles there are."""

from typing import Any, NamedTuple

from permq.pool import listing
from permq.pool.connection import Cursor
from permq.pool.nodes import listing as list_nodes
from permq.pool.queries import load

JOBS = 20
"""So many are listed: what runs and waits first, then what has ended last."""

PUZZLES = 50
FINDS = 6
EVERYTHING = listing.Filter()

_SHOWN = (
    *("id", "kind", "puzzle", "state", "paused", "node", "steps_done", "steps_total", "rate"),
    *("current_cost", "best_cost", "reason", "error", "age"),
)


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
    nodes = [row._asdict() for row in list_nodes(cursor)]
    for node in nodes:
        del node["pid"], node["host"]
    return {
        "puzzles": puzzles,
        "counts": listing.counts(cursor, EVERYTHING),
        "jobs": [{name: job[name] for name in _SHOWN} for job in jobs],
        "finds": listing.newest(cursor, None, FINDS),
        # whoever left long ago is no news
        "nodes": [node for node in nodes if node["state"] != "gone"],
    }
