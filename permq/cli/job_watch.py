"""What `permq watch` shows: the fleet at one moment, as a page, and what changed since the last."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from permq.cli import job_format as form
from permq.cli.jobs import remaining, state
from permq.pool.connection import Cursor
from permq.pool.listed import Discovery, JobRow, PuzzleBest
from permq.pool.listing import Filter, bests, counts, jobs, newest
from permq.pool.nodes import NodeStatus
from permq.pool.nodes import listing as all_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNNING = 200
DISCOVERIES = 8
GONE_SHOWN = 3600.0
"""Seconds for which a node that is gone or dead is still listed."""
BAR = 10
UNFINISHED = ("waiting", "ready", "assigned", "running")


@dataclass(frozen=True)
class Snapshot:
    """The fleet at one moment.

    Parameters
    ----------
    at
        When.
    counts
        Jobs by shown state.
    running
        Jobs at work.
    nodes
        All but those gone for long.
    bests
        Puzzles with the best of their pools.
    newest
        The last finds, the newest first.
    """

    at: datetime
    counts: dict[str, int]
    running: tuple[JobRow, ...]
    nodes: tuple[NodeStatus, ...]
    bests: tuple[PuzzleBest, ...]
    newest: tuple[Discovery, ...]

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do; what is held back does not count."""
        return not any(self.counts.get(one) for one in UNFINISHED)


def read(cursor: Cursor, puzzle_id: int | None) -> Snapshot:
    """Look at the fleet.

    Parameters
    ----------
    puzzle_id
        Whose jobs and pool; None for all.
    """
    wanted = Filter(puzzle_id=puzzle_id)
    at_work = Filter(states=("running",), puzzle_id=puzzle_id)
    return Snapshot(
        datetime.now().astimezone(),
        counts(cursor, wanted),
        tuple(jobs(cursor, at_work, RUNNING)),
        tuple(
            node
            for node in all_nodes(cursor)
            if node.state not in {"gone", "dead"} or node.silent < GONE_SHOWN
        ),
        tuple(bests(cursor, puzzle_id)),
        tuple(newest(cursor, puzzle_id, DISCOVERIES)),
    )


def page(now: Snapshot, width: int, height: int) -> list[str]:
    """Lines that fit a window; where it is low, the lists are cut, the running jobs last."""
    head = [f"permq watch   {now.at:%H:%M:%S}   {told_counts(now.counts)}"]
    head += [line for best in now.bests for line in best_lines(best)]
    nodes = node_table(now.nodes, width)
    running = running_table(now.running, width)
    finds = find_table(now.newest, width, now.at)
    room = max(height - len(head), 0)
    # each list keeps its heading and a line as long as there is any room
    sections = fitted([nodes, running, finds], room)
    lines = head + [line for section in sections for line in (["", *section] if section else [])]
    return [form.clipped(line, width) for line in lines[:height]]


def fitted(sections: list[list[str]], room: int) -> list[list[str]]:
    """Cut lists to so many lines, an empty line before each; the longest loses first."""
    kept = [list(section) for section in sections]

    def used() -> int:
        return sum(len(section) + 1 for section in kept if section)

    while used() > room:
        longest = max(range(len(kept)), key=lambda place: (len(kept[place]), place))
        if len(kept[longest]) <= 2:
            kept[longest] = []
            if not any(kept):
                break
            continue
        kept[longest].pop()
    for before, section in zip(sections, kept, strict=True):
        hidden = len(before) - len(section)
        if section and hidden:
            section[-1] = f"… and {hidden + 1:,} more"
    return kept


def told_counts(by_state: dict[str, int]) -> str:
    """Jobs by state in words."""
    return ", ".join(f"{count:,} {name}" for name, count in by_state.items()) or "no jobs yet"


def best_lines(best: PuzzleBest) -> list[str]:
    """The pool of a puzzle; where it is solved, that cannot be overlooked."""
    title = f"{best.name} ({best.blocks} blocks)"
    if best.solution_id is None:
        return [f"{title}: no solution yet"]
    by = found_by(best.method, best.job, best.node)
    lines = [f"{title}: best {form.cost(best.cost)} {by}, {form.duration(best.age)} ago"]
    if best.solved:
        lines.append(f"*** SOLVED: {best.name}, sha256 {best.sha256} ***")
    return lines


def found_by(method: str | None, job: int | None, node: str | None) -> str:
    """Who found something."""
    who = f"by job {job}" if job is not None else "from outside"
    return who + (f" ({method}" + (f" on {node})" if node else ")") if method else "")


def node_table(nodes: "Sequence[NodeStatus]", width: int) -> list[str]:
    """Nodes with what they do now."""
    if not nodes:
        return ["no nodes: start one with permq worker start"]
    return form.table(
        ("node", "chipset", "state", "slots", "steps/s", ""),
        [
            (
                node.name,
                node.chipset,
                node.state if node.state != "dead" else f"dead {form.duration(node.silent)}",
                f"{node.running}/{node.slots}",
                form.rate(node.rate) if node.running else form.NONE,
                node.works_on or "",
            )
            for node in nodes
        ],
        right="slots steps/s",
        width=width,
        limits={"node": 16, "chipset": 24},
    )


def running_table(rows: "Sequence[JobRow]", width: int) -> list[str]:
    """Jobs at work."""
    if not rows:
        return []
    return form.table(
        ("job", "kind", "node", "slice", "done", "", "steps/s", "now", "best", "left"),
        [
            (
                str(row.id),
                row.kind if state(row) == "running" else f"{row.kind} {state(row)}",
                row.node or form.NONE,
                str(row.slice),
                bar(row.steps_done, row.steps_total),
                form.share(row.steps_done, row.steps_total),
                form.rate(row.rate),
                form.cost(row.current_cost),
                form.cost(row.best_cost),
                form.duration(remaining(row)),
            )
            for row in rows
        ],
        right="job slice steps/s now best left",
        width=width,
        limits={"node": 16},
    )


def bar(done: int, total: int | None) -> str:
    """How much is done, as a bar."""
    if not total:
        return " " * (BAR + 2)
    full = round(min(done / total, 1.0) * BAR)
    return f"[{'#' * full}{'-' * (BAR - full)}]"


def find_table(rows: "Sequence[Discovery]", width: int, now: datetime) -> list[str]:
    """The newest finds."""
    if not rows:
        return []
    return form.table(
        ("found", "puzzle", "cost", "by"),
        [
            (
                form.moment(row.found_at, now),
                row.puzzle,
                form.cost(row.cost) + (" solved" if row.solved else ""),
                found_by(row.method, row.job, row.node).removeprefix("by "),
            )
            for row in rows
        ],
        right="cost",
        width=width,
        limits={"puzzle": 20},
    )


def changes(before: Snapshot | None, now: Snapshot) -> list[str]:
    """What changed since the last look, a line each; everything at the first look."""
    lines = []
    if before is None or before.counts != now.counts:
        lines.append(f"jobs {told_counts(now.counts)}")
    old_nodes = {} if before is None else {node.name: node.state for node in before.nodes}
    lines += [
        f"node {node.name} {node.state}: {node.chipset}, {node.slots} slots, "
        f"{form.rate(node.speed)} steps/s each"
        for node in now.nodes
        if old_nodes.get(node.name) != node.state
    ]
    old_bests = {} if before is None else {best.puzzle_id: best for best in before.bests}
    for best in now.bests:
        old = old_bests.get(best.puzzle_id)
        if best.solution_id is None:
            continue
        if old is None or old.solution_id != best.solution_id:
            by = found_by(best.method, best.job, best.node)
            lines.append(f"{best.name} best {form.cost(best.cost)} {by}")
        if best.solved and not (old is not None and old.solved):
            who = "the pool" if best.job is None else f"job {best.job}"
            lines.append(f"*** SOLVED: {best.name} by {who}: sha256 {best.sha256} ***")
    return [f"{now.at:%H:%M:%S} {line}" for line in lines]
