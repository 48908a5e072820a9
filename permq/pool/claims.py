"""Owning a job: claim with lease and fencing token, renewal, failure, release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from permq.errors import LeaseLostError, PoolError
from permq.pool.connection import Cursor, scalar
from permq.pool.queries import load
from permq.pool.times import ATTEMPTS, DEAD, LEASE

MAX_ERROR = 4_000
"""Characters of an error that are kept."""


class UnknownJobError(PoolError):
    """A message names a job that there is not."""


@dataclass(frozen=True)
class Claim:
    """A job that the caller owns until its lease ends.

    Parameters
    ----------
    job, token, node_id
        Which, and the fencing token that every later write names.
    kind, params, seed
        What to do.
    puzzle_id, fingerprint, puzzle
        On what; None for kinds that need no puzzle.
    slice, steps_done
        What was done before.
    attempt
        Which try of this slice it is, from 1.
    start
        What was drawn at the first claim; None at the first claim itself.
    parent_solution_id
        What the parent job hands down.
    time_limit, worked
        Seconds it may work in all, and has worked.
    keep_going
        Whether it goes on once the puzzle is solved.
    claimed_at
        By Postgres' clock.
    """

    job: int
    token: int
    puzzle_id: int | None
    kind: str
    params: Mapping[str, Any]
    seed: int
    node_id: int
    slice: int
    steps_done: int
    attempt: int
    start: Mapping[str, Any] | None
    parent_solution_id: int | None
    time_limit: float | None
    worked: float
    keep_going: bool
    claimed_at: datetime
    fingerprint: str | None
    puzzle: str | None


class Orders(NamedTuple):
    """What a running job is told when it renews its lease; `leaving` is its node."""

    cancel: bool
    pause: bool
    solved: bool
    leaving: bool


def claim(
    cursor: Cursor, job: int, token: int, *, node: str, pid: int, numeric_class: str
) -> Claim | None:
    """Make a job the caller's own.

    Returns
    -------
    Claim or None
        None when the message is void: the job was claimed, called off or given to another.

    Raises
    ------
    UnknownJobError
        When there is no such job.
    """
    cursor.execute(
        load("claims")["claim"],
        {
            "job": job,
            "token": token,
            "node": node,
            "pid": pid,
            "numeric_class": numeric_class,
            "lease": LEASE,
        },
    )
    row = cursor.fetchone()
    if row is not None:
        number, *rest = row
        return Claim(number, token, *rest)
    cursor.execute(load("claims")["exists"], {"job": job})
    if cursor.fetchone() is None:
        raise UnknownJobError(f"there is no job {job}")
    return None


def checkpoint(cursor: Cursor, job: int) -> bytes | None:
    """State after the last slice; None before the first."""
    cursor.execute(load("claims")["checkpoint"], {"job": job})
    data = scalar(cursor)
    return None if data is None else bytes(data)


def renew(
    cursor: Cursor,
    job: int,
    token: int,
    *,
    steps: int | None = None,
    current: float | None = None,
    rate: float | None = None,
) -> Orders:
    """Keep a lease alive, tell the progress, and hear what to do.

    Parameters
    ----------
    steps, current, rate
        Steps done in all, cost on the rows searched, steps/s.

    Raises
    ------
    LeaseLostError
        When the job is no longer the caller's.
    """
    cursor.execute(
        load("claims")["renew"],
        {
            "job": job,
            "token": token,
            "lease": LEASE,
            "steps": steps,
            "current": current,
            "rate": rate,
        },
    )
    row = cursor.fetchone()
    if row is None:
        raise LeaseLostError(f"job {job}: its lease was lost, somebody else goes on with it")
    return Orders(*row)


def fail(
    cursor: Cursor, job: int, token: int, *, error: str, reason: str, final: bool
) -> str | None:
    """Note that a slice failed.

    Parameters
    ----------
    final
        Whether another try is useless.

    Returns
    -------
    str or None
        `ready` for another try, `failed`, or None when the lease was lost.
    """
    cursor.execute(
        load("claims")["fail"],
        {
            "job": job,
            "token": token,
            "error": error[:MAX_ERROR],
            "reason": reason[:MAX_ERROR],
            "final": final,
            "attempts": ATTEMPTS,
        },
    )
    state = scalar(cursor)
    return None if state is None else str(state)


def lost(cursor: Cursor) -> list[int]:
    """Jobs whose lease ran out or whose node is gone, dead or started anew; locked."""
    cursor.execute(load("claims")["lost"], {"dead": DEAD})
    return [number for (number,) in cursor.fetchall()]


def still_held(cursor: Cursor, held: Sequence[tuple[int, int]]) -> list[int]:
    """Which of some (job, token) still run under that token; locked."""
    cursor.execute(
        load("claims")["lost_by"],
        {"jobs": [job for job, _ in held], "tokens": [token for _, token in held]},
    )
    return [number for (number,) in cursor.fetchall()]


def release(cursor: Cursor, jobs: Sequence[int], why: str) -> dict[int, str]:
    """Take jobs away from who holds them.

    Parameters
    ----------
    why
        What happened, for `permq show`.

    Returns
    -------
    dict
        New states by job: `ready`, `cancelled` (it was to be), or `failed` after too many tries.
    """
    if not jobs:
        return {}
    cursor.execute(
        load("claims")["release"], {"jobs": list(jobs), "why": why, "attempts": ATTEMPTS}
    )
    return dict(cursor.fetchall())
