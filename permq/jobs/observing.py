"""Watching the pools: snapshots and embeddings are submitted when they are due."""

from permq import __version__
from permq.jobs import seeds
from permq.jobs.kinds import kind_named
from permq.jobs.submission import with_gpu
from permq.pool import history, jobs, settings
from permq.pool.connection import Cursor
from permq.pool.jobs import NewJob


def observe(cursor: Cursor) -> list[int]:
    """Submit what is due within the caller's transaction, which hands out work afterwards.

    A snapshot is due when the pool of a puzzle has a new best, or when heavy jobs run and the
    last one is old enough; an embedding is when the best has none. Of each, one waits at most.

    Returns
    -------
    list of int
        The new jobs.
    """
    seconds = float(settings.get(cursor, "history.seconds"))
    if seconds == 0:
        return []
    planned = []
    for one in history.due(cursor, seconds):
        if one.event is not None:
            planned.append(_job("history", one.puzzle_id, {"event": one.event}))
        if one.embed:
            planned.append(_job("embed", one.puzzle_id, {}))
    if not planned:
        return []
    _, submitted = jobs.insert(
        cursor,
        with_gpu(cursor, planned),
        command="permq history: due",
        base_seed=seeds.fresh(),
        code_version=__version__,
    )
    return submitted


def _job(name: str, puzzle_id: int, params: dict[str, str]) -> NewJob:
    kind = kind_named(name)
    return NewJob(
        kind=name,
        work_class=kind.work_class,
        params=kind.complete(params),
        seed=0,
        puzzle_id=puzzle_id,
        priority=kind.priority,
        keep_going=True,
        brief=kind.brief,
    )
