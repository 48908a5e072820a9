"""The end of a slice: everything it brought, in one transaction, or nothing."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import psycopg2

from permq.errors import LeaseLostError
from permq.pool.claims import Claim
from permq.pool.connection import Cursor
from permq.pool.jobs import settle_children
from permq.pool.queries import load

MAX_CHECKPOINT = 64 << 20
"""Bytes of a job's state between two slices: every slice writes it and reads it again."""
MAX_RESULT = 16 << 20
"""Bytes of a job's result as JSON."""


@dataclass(frozen=True)
class Usage:
    """What work took; None where the system does not tell.

    Parameters
    ----------
    cpu_seconds
        Of its process.
    peak_memory
        Most bytes that its process held.
    energy
        Joules: its share, by time of the processor, of what the processor took.
    """

    cpu_seconds: float | None = None
    peak_memory: int | None = None
    energy: float | None = None


@dataclass(frozen=True)
class SliceResult:
    """What a slice brought, besides solutions.

    Parameters
    ----------
    state
        `ready` when the job goes on, else `done`, `cancelled` or `failed`.
    steps_done
        Steps of the job in all.
    seconds, rate
        How long the slice worked, and its steps/s.
    current
        Cost on the rows searched.
    checkpoint
        State to go on from; None at the end.
    result
        What the job ends with.
    reason
        Why it ended early.
    usage
        What it took.
    """

    state: str
    steps_done: int
    seconds: float
    rate: float | None = None
    current: float | None = None
    checkpoint: bytes | None = None
    result: Mapping[str, Any] | None = None
    reason: str | None = None
    usage: Usage = Usage()


def bounded(result: SliceResult) -> SliceResult:
    """What the pool takes of a result: the job fails whose state or result is too large for it.

    What the slice found is kept all the same.
    """
    for what, size, most in (
        ("state", len(result.checkpoint or b""), MAX_CHECKPOINT),
        ("result", len(json.dumps(dict(result.result or {}))), MAX_RESULT),
    ):
        if size > most:
            reason = f"its {what} takes {size:,} bytes; at most {most:,} are kept"
            return replace(result, state="failed", checkpoint=None, result=None, reason=reason)
    return result


def finish(
    cursor: Cursor,
    claim: Claim,
    result: SliceResult,
    *,
    best: float | None = None,
    best_solution: int | None = None,
) -> None:
    """Write a slice's end, and ready the job's children at the job's end.

    Parameters
    ----------
    claim, result
        Whose slice it was, and what came of it.
    best, best_solution
        Cost over all rows, and row, of the best solution it brought.

    Raises
    ------
    LeaseLostError
        When the job is no longer the caller's; nothing of the transaction may be kept.
    """
    sql = load("claims")
    result = bounded(result)
    cursor.execute(
        sql["finish"],
        {
            "job": claim.job,
            "token": claim.token,
            "state": result.state,
            "steps_done": result.steps_done,
            "seconds": result.seconds,
            "rate": result.rate,
            "current": result.current,
            "best": best,
            "best_solution": best_solution,
            "result": None if result.result is None else json.dumps(dict(result.result)),
            "reason": result.reason,
        },
    )
    row = cursor.fetchone()
    if row is None:
        raise LeaseLostError(f"job {claim.job}: its lease was lost, this slice is not kept")
    number, node_id, state = row
    cursor.execute(
        sql["insert_slice"],
        {
            "job": claim.job,
            "slice": number,
            "token": claim.token,
            "node": node_id,
            "started_at": claim.claimed_at,
            "steps": result.steps_done - claim.steps_done,
            "best": best,
            **asdict(result.usage),
        },
    )
    if state == "ready" and result.checkpoint is not None:
        cursor.execute(
            sql["save_checkpoint"],
            {
                "job": claim.job,
                "slice": number,
                "data": psycopg2.Binary(result.checkpoint),
            },
        )
    elif state != "ready" and number > 0:
        cursor.execute(sql["drop_checkpoint"], {"job": claim.job})
    if state != "ready":
        settle_children(cursor, [claim.job])
