"""Jobs as rows: put in, held back, taken up again, called off."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from permq.pool.connection import Cursor
from permq.pool.queries import load

UNFINISHED = ("waiting", "ready", "assigned", "running")
ENDED = ("done", "failed", "cancelled", "blocked")
MAX_LINE = 4_000
"""Characters of a line of the log that are kept."""


@dataclass(frozen=True)
class NewJob:
    """A job to put in.

    Parameters
    ----------
    kind, work_class
        What it does, and which nodes may do it.
    params
        All parameters of the kind, as JSON can hold them.
    seed
        Of everything random in it.
    puzzle_id
        Its puzzle; None for kinds that need none.
    parents
        Places, in the list submitted, of the jobs it waits for.
    join_mode
        `best`: waits for all parents and takes the best of those that succeeded.
    identity
        Digest by which the same job is recognised; None for one that is not repeatable.
    priority
        0 (first) to 9.
    node
        The only node that may do it.
    keep_going
        Whether it goes on once the puzzle is solved.
    brief
        Whether it takes milliseconds.
    time_limit
        Seconds of work after which it ends with what it has.
    steps
        Budget in steps; None where it is not known.
    """

    kind: str
    work_class: str
    params: Mapping[str, Any]
    seed: int
    puzzle_id: int | None = None
    parents: tuple[int, ...] = ()
    join_mode: str | None = None
    identity: str | None = None
    priority: int = 5
    node: str | None = None
    keep_going: bool = False
    brief: bool = False
    time_limit: float | None = None
    steps: int | None = None


def insert(
    cursor: Cursor, jobs: Sequence[NewJob], *, command: str, base_seed: int, code_version: str
) -> tuple[int, list[int]]:
    """Put in jobs and their edges; the caller's transaction makes it all or nothing.

    Parameters
    ----------
    jobs
        Parents before children.
    command
        What the user typed, for `permq show`.
    base_seed
        What the jobs' seeds were derived from.

    Returns
    -------
    submission : int
    ids : list of int
        One by one as `jobs`.
    """
    sql = load("jobs")
    cursor.execute(sql["insert_submission"], {"command": command, "base_seed": base_seed})
    ((submission,),) = cursor.fetchall()
    cursor.execute(sql["allocate"], {"count": len(jobs)})
    ids = [number for (number,) in cursor.fetchall()]
    cursor.execute(
        sql["insert"],
        {
            "submission": submission,
            "code_version": code_version,
            "id": ids,
            "puzzle_id": [job.puzzle_id for job in jobs],
            "kind": [job.kind for job in jobs],
            "work_class": [job.work_class for job in jobs],
            "params": [json.dumps(dict(job.params), sort_keys=True) for job in jobs],
            "seed": [job.seed for job in jobs],
            "identity": [job.identity for job in jobs],
            "priority": [job.priority for job in jobs],
            "requested_node": [job.node for job in jobs],
            "keep_going": [job.keep_going for job in jobs],
            "brief": [job.brief for job in jobs],
            "time_limit": [job.time_limit for job in jobs],
            "join_mode": [job.join_mode for job in jobs],
            "state": ["waiting" if job.parents else "ready" for job in jobs],
            "steps_total": [job.steps for job in jobs],
        },
    )
    edges = [(ids[p], ids[place]) for place, job in enumerate(jobs) for p in job.parents]
    if edges:
        parents, children = zip(*edges, strict=True)
        cursor.execute(sql["insert_edges"], {"parent": list(parents), "child": list(children)})
    return submission, ids


def same(cursor: Cursor, identities: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Jobs already there by identity: id and state of the first that did not fail."""
    cursor.execute(load("jobs")["same"], {"identity": list(identities)})
    return {identity: (number, state) for identity, number, state in cursor.fetchall()}


def settle_children(cursor: Cursor, parents: Sequence[int]) -> None:
    """Ready or block the children whose parents have all ended, and theirs in turn."""
    ended = list(parents)
    while ended:
        cursor.execute(load("jobs")["lock_children"], {"parents": ended})
        cursor.execute(load("jobs")["ready_children"], {"parents": ended})
        ended = [number for number, state in cursor.fetchall() if state == "blocked"]


def end_searches(cursor: Cursor, puzzle_id: int, job: int | None, reason: str) -> None:
    """Call off the searches of a solved puzzle that have not begun.

    Parameters
    ----------
    job
        The job that solved it, which goes on to its own end.
    """
    cursor.execute(
        load("jobs")["end_searches"],
        {"puzzle": puzzle_id, "job": -1 if job is None else job, "reason": reason},
    )
    settle_children(cursor, [number for (number,) in cursor.fetchall()])


def cancel(cursor: Cursor, jobs: Sequence[int], reason: str = "cancelled") -> dict[int, str]:
    """Call jobs off; a running one ends within seconds. Returns the new states by job."""
    cursor.execute(load("jobs")["cancel"], {"jobs": list(jobs), "reason": reason})
    states = dict(cursor.fetchall())
    settle_children(cursor, [job for job, state in states.items() if state == "cancelled"])
    return states


def pause(cursor: Cursor, jobs: Sequence[int]) -> dict[int, str]:
    """Hold jobs back; a running one keeps its checkpoint and stops. Returns states by job."""
    return _states(cursor, "pause", jobs)


def resume(cursor: Cursor, jobs: Sequence[int]) -> dict[int, str]:
    """Let held jobs go on. Returns states by job."""
    return _states(cursor, "resume", jobs)


def retry(cursor: Cursor, jobs: Sequence[int]) -> dict[int, str]:
    """Take up failed, cancelled or blocked jobs again, from their checkpoints.

    What was blocked because of them waits for them again.

    Returns
    -------
    dict
        New states by job, the descendants' included.
    """
    states = _states(cursor, "retry", jobs)
    cursor.execute(load("jobs")["descendants"], {"jobs": list(states)})
    below = [number for (number,) in cursor.fetchall()]
    return states | _states(cursor, "unblock", below)


def explain(cursor: Cursor, reasons: Mapping[int, str]) -> None:
    """Write down why ready jobs wait."""
    if reasons:
        cursor.execute(
            load("jobs")["explain"], {"id": list(reasons), "reason": list(reasons.values())}
        )


def log(
    cursor: Cursor,
    message: str,
    *,
    level: str = "INFO",
    node: str | None = None,
    job: int | None = None,
) -> None:
    """Write one line into the pool's log, which `permq logs` shows; its beginning if it is long."""
    given = {"level": level, "node": node, "job": job, "message": message[:MAX_LINE]}
    cursor.execute(load("jobs")["log"], given)


def bury(cursor: Cursor, node: str, reason: str, body: str) -> None:
    """Keep a message that was refused."""
    cursor.execute(load("jobs")["bury"], {"node": node, "reason": reason, "body": body})


def _states(cursor: Cursor, query: str, jobs: Iterable[int]) -> dict[int, str]:
    cursor.execute(load("jobs")[query], {"jobs": list(jobs)})
    return dict(cursor.fetchall())
