"""Handing out work: the pool's ready jobs, the fleet's pure choice, letters to send."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from permq.fleet.dispatch import assign
from permq.fleet.messages import Message
from permq.fleet.producer import Letter
from permq.fleet.work import Node, Policy, Running, Work
from permq.pool import assignments, holdings, settings
from permq.pool.assignments import HEAVY, Assigned, NodeRow, ReadyRow
from permq.pool.connection import Cursor
from permq.pool.jobs import explain

LONGEST_OF = 200
"""New heavy jobs looked at beyond what free slots take: among them the longest are sought."""
NONE_FREE = 8
"""New heavy jobs looked at while no slot is free."""
OTHERS = 128
"""Jobs of every other lane looked at beyond that."""
ENOUGH = 16
"""Brief jobs that wait at a node while others finish."""


def dispatch(cursor: Cursor) -> list[Letter]:
    """Assign ready jobs to nodes within the caller's transaction.

    Call it last: it keeps everybody else from handing out work until the transaction ends.

    Returns
    -------
    list of Letter
        To be sent once the transaction is committed. Those that never are, are written again by
        the node's own look at the pool.
    """
    how = policy(cursor)
    assignments.lock_dispatch(cursor)
    rows = assignments.nodes_with_room(cursor, each=False)
    free = sum(max(row.slots - row.held, 0) for row in rows)
    # with no slot free, only brief jobs can be handed out, and reasons be told
    limit = 2 * free + LONGEST_OF if free else NONE_FREE
    ready = assignments.backlog(cursor, heavy=limit, others=2 * free + OTHERS)
    if not ready:
        return []
    new = [row.steps or 0 for row in ready if row.lane == HEAVY]
    unseen = sum(new) if len(new) >= limit else 0  # at least as much as of what was looked at
    # what runs will have ended long before a long queue has, and with no slot free it is all one
    running = heavy_running(cursor) if free and not unseen else {}
    # full nodes only count together, unless they take brief jobs, or are those that users named
    alone = running or any(row.brief or row.requested_node for row in ready)
    if alone and any(row.id < 0 for row in rows):
        rows = assignments.nodes_with_room(cursor)
    nodes = {row.name: row for row in rows}
    names = {row.id: row.name for row in rows}
    seen = [node_of(row, running.get(row.id, ())) for row in rows]
    decision = assign([work_of(row, names) for row in ready], seen, how, backlog=float(unseen))
    explain(cursor, decision.reasons)
    given = assignments.assign(cursor, [(job, nodes[name]) for job, name in decision.assignments])
    return letters(given, names)


def dispatch_if_short(cursor: Cursor, node: str) -> list[Letter]:
    """Dispatch unless a node has brief jobs enough for the next moment.

    A job of milliseconds would otherwise wait for the dispatch's lock longer than it works.
    """
    return [] if holdings.brief_waiting(cursor, node, ENOUGH) >= ENOUGH else dispatch(cursor)


def letters(given: Iterable[Assigned], names: dict[int, str]) -> list[Letter]:
    """Write a letter for each assignment.

    Parameters
    ----------
    given
        Assignments.
    names
        Nodes' names by row.
    """
    return [
        Letter(
            node=names[row.node_id],
            kind=row.kind,
            message=Message(job=row.id, token=row.token),
            priority=row.priority,
            puzzle=row.puzzle,
            slice=row.slice,
        )
        for row in given
    ]


def work_of(row: ReadyRow, names: dict[int, str]) -> Work:
    """A ready job as the dispatcher sees it."""
    return Work(
        job=row.id,
        work_class=row.work_class,
        priority=row.priority,
        steps=None if row.steps is None else max(row.steps, 0.0),
        started=row.started,
        numeric_class=row.numeric_class,
        node=row.requested_node,
        last_node=None if row.last_node_id is None else names.get(row.last_node_id),
        brief=row.brief,
    )


def left_of(steps: int | None, rate: float | None, speed: float) -> float | None:
    """Work left, in the unit of nodes' speeds: a step at half of its node's speed counts two."""
    if steps is None:
        return None
    return max(steps, 0) * (speed / rate if rate else 1.0)


def policy(cursor: Cursor) -> Policy:
    """How work is spread, by the settings of now."""
    now = settings.read(cursor)
    return Policy(
        heavy="strict" if now["dispatch.policy"] == "strict" else "prefer",
        slice_seconds=float(now["slice.seconds"] or 0),
    )


def heavy_running(cursor: Cursor) -> Mapping[int, list[Running]]:
    """Heavy jobs that nodes hold, by the node's row."""
    running: defaultdict[int, list[Running]] = defaultdict(list)
    for held in assignments.heavy_held(cursor):
        steps = None if held.steps is None else max(held.steps, 0.0)
        running[held.node_id].append(Running(steps, held.priority, held.movable))
    return running


def node_of(row: NodeRow, running: Sequence[Running] = ()) -> Node:
    """A node as the dispatcher sees it."""
    return Node(
        name=row.name,
        apple=row.apple,
        speed=row.speed,
        slots=row.slots,
        held=row.held,
        weight=row.weight,
        classes=frozenset(row.classes),
        numeric_class=row.numeric_class,
        state=row.state,
        gpu=row.gpu,
        brief=row.held_brief,
        running=tuple(running),
    )
