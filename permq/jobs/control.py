"""Steering jobs that are there: every change hands out what became ready, and gives its letters."""

from collections.abc import Callable, Sequence

from permq.fleet.producer import Letter
from permq.jobs.dispatching import dispatch
from permq.pool import claims, holdings, nodes
from permq.pool import jobs as rows
from permq.pool.connection import Connection, Cursor, transaction

States = dict[int, str]
Change = Callable[[Cursor, Sequence[int]], States]


def cancel(connection: Connection, jobs: Sequence[int]) -> tuple[States, list[Letter]]:
    """Call jobs off; see `permq.pool.jobs.cancel`."""
    return _changed(connection, rows.cancel, jobs)


def pause(connection: Connection, jobs: Sequence[int]) -> tuple[States, list[Letter]]:
    """Hold jobs back; see `permq.pool.jobs.pause`."""
    return _changed(connection, rows.pause, jobs)


def resume(connection: Connection, jobs: Sequence[int]) -> tuple[States, list[Letter]]:
    """Let held jobs go on; see `permq.pool.jobs.resume`."""
    return _changed(connection, rows.resume, jobs)


def retry(connection: Connection, jobs: Sequence[int]) -> tuple[States, list[Letter]]:
    """Take jobs up again; see `permq.pool.jobs.retry`."""
    return _changed(connection, rows.retry, jobs)


def drain(connection: Connection, node: str, *, drained: bool) -> tuple[bool, list[Letter]]:
    """Give a node nothing new and take back what it has not begun, or let it work again.

    Returns
    -------
    known : bool
        Whether there is such a node.
    letters : list of Letter
        To be sent.
    """
    with transaction(connection) as cursor:
        known = nodes.drain(cursor, node, drained=drained)
        if known and drained:
            claims.release(cursor, holdings.held_by(cursor, node), f"node {node} is drained")
        return known, dispatch(cursor)


def take_back_lost(cursor: Cursor) -> States:
    """Take back what dead nodes and silent workers held; the caller hands it out.

    Returns
    -------
    dict
        New states of the jobs taken back.
    """
    return _released(cursor, claims.lost(cursor), "its lease ran out or its node died")


def recover_from(
    connection: Connection, held: Sequence[tuple[int, int]], why: str
) -> tuple[States, list[Letter]]:
    """Take back jobs whose process is known to be dead.

    Parameters
    ----------
    held
        Job and token of each.
    why
        What happened.
    """
    with transaction(connection) as cursor:
        states = _released(cursor, claims.still_held(cursor, held), why)
        return states, dispatch(cursor)


def _released(cursor: Cursor, jobs: Sequence[int], why: str) -> States:
    states = claims.release(cursor, jobs, why)
    for job in states:
        rows.log(cursor, why, level="WARNING", job=job)
    ended = [job for job, state in states.items() if state != "ready"]
    rows.settle_children(cursor, ended)
    return states


def _changed(
    connection: Connection, change: Change, jobs: Sequence[int]
) -> tuple[States, list[Letter]]:
    with transaction(connection) as cursor:
        states = change(cursor, jobs)
        return states, dispatch(cursor)
