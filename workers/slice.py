"""One slice of a job: claimed, worked, written, and the next work handed out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from permq.core.puzzle import Puzzle
from permq.errors import InputError, LeaseLostError, PoolError
from permq.faults import fault_point
from permq.fleet.messages import Message
from permq.fleet.producer import Letter
from permq.jobs.dispatching import dispatch, dispatch_if_short
from permq.jobs.kind import Kind
from permq.jobs.kinds import kind_named
from permq.jobs.starts import arrangement_of, settle_start
from permq.jobs.task import Task
from permq.pool import artifacts, claims, jobs, puzzles, settings, slices
from permq.pool.artifacts import Artifact
from permq.pool.claims import Claim, UnknownJobError
from permq.pool.connection import Connection, UnreachableError, transaction
from permq.pool.migrate import refusal
from permq.pool.slices import SliceResult
from permq.pool.solutions import Checked, Found, check, record
from workers.keeping import keep
from workers.lease import Lease
from workers.logs import job_at_work, logger
from workers.runtime import Runtime
from workers.usage import Meter

KEPT = 20
"""Solutions kept of one slice, the last found."""
BRIEF_SECONDS = 5.0
"""Length of a slice of brief work, far below its lease."""
NOTHING: Mapping[str, Any] = MappingProxyType({"source": "score"})
"""What brief work starts with."""


@dataclass(frozen=True, eq=False)
class Claimed:
    """A claim with all that the slice needs.

    Parameters
    ----------
    claim, kind
        What to do.
    start
        See `permq.jobs.starts`.
    checkpoint
        State after the last slice; None before the first.
    seconds
        Length of the slice.
    """

    claim: Claim
    kind: Kind[Any]
    start: Mapping[str, Any]
    checkpoint: bytes | None
    seconds: float


def do_slice(process: Runtime, message: Message) -> list[Letter]:
    """Do what a message asks for.

    Returns
    -------
    list of Letter
        To be sent: work that is handed out now.

    Raises
    ------
    UnknownJobError
        When there is no such job.
    UnreachableError
        When Postgres is away; the job is done again once its lease has run out, and what was
        found waits in the spool.
    """
    fault_point("before-claim")
    try:
        claimed = process.persist(lambda connection: _claim(process, connection, message))
    except PoolError as error:
        if not _is_outdated(process, error):
            raise
        return []
    if claimed is None:
        logger.debug("job %d: its message is void", message.job)
        return []
    fault_point("after-claim")
    token = job_at_work.set(message.job)
    try:
        return _work(process, claimed)
    except LeaseLostError as error:
        logger.warning("%s", error)
        return []
    except UnreachableError:
        raise
    except InputError as error:  # the job itself is wrong: another try would end the same
        return _failed(process, claimed.claim, error, final=True)
    except Exception as error:  # noqa: BLE001 - whatever went wrong is kept with the job
        if _is_outdated(process, error):
            return []
        logger.exception("slice %d failed", claimed.claim.slice)
        return _failed(process, claimed.claim, error, final=False)
    finally:
        job_at_work.reset(token)


def _is_outdated(process: Runtime, error: Exception) -> bool:
    """Whether a statement was refused because the fleet was upgraded: no fault of the job.

    The main process ends at its next beat, and the job goes on elsewhere when its lease is over.
    """
    if not isinstance(error, PoolError) or isinstance(error, UnreachableError | UnknownJobError):
        return False
    if (newer := refusal(process.connection)) is not None:
        logger.critical("%s", newer)
    return newer is not None


def _claim(process: Runtime, connection: Connection, message: Message) -> Claimed | None:
    with transaction(connection) as cursor:
        claim = claims.claim(
            cursor,
            message.job,
            message.token,
            node=process.node,
            pid=process.pid,
            numeric_class=process.numeric_class,
        )
        if claim is None:
            return None
        kind = kind_named(claim.kind)
        checkpoint = claims.checkpoint(cursor, claim.job) if claim.slice else None
        if kind.brief:  # two statements less for what takes no time itself
            return Claimed(claim, kind, NOTHING, checkpoint, BRIEF_SECONDS)
        start = settle_start(cursor, claim)
        seconds = float(str(settings.get(cursor, "slice.seconds")))
        told = f"slice {claim.slice} begins" + (
            f", try {claim.attempt}" if claim.attempt > 1 else ""
        )
        jobs.log(cursor, told, node=process.node, job=claim.job)
    return Claimed(claim, kind, start, checkpoint, seconds)


def _work(process: Runtime, claimed: Claimed) -> list[Letter]:
    claim, kind = claimed.claim, claimed.kind
    meter = Meter.begin()
    puzzle = _puzzle(process, claim)
    finds: dict[str, Found] = {}
    files: list[Artifact] = []

    def found(arrangement: Any, method: str) -> None:
        finds.pop(arrangement.sha256, None)
        finds[arrangement.sha256] = Found(arrangement, method)

    with Lease(process.postgres_url, claim, claimed.seconds, quiet=kind.brief) as lease:
        task = Task(
            puzzle=puzzle,
            params=claim.params,
            seed=claim.seed,
            start=arrangement_of(claimed.start.get("permutation")),
            source=claimed.start["source"],
            perturbation=claimed.start.get("perturbation", 0),
            others=tuple(
                other
                for other in map(arrangement_of, claimed.start.get("others", ()))
                if other is not None
            ),
            stop=lease.stop,
            leave=lease.ordered,
            report=lease.report,
            found=found,
            keep=lambda name, media_type, data: files.append(Artifact(name, media_type, data)),
            job=claim.job,
            pool=process.persist(lambda connection: connection) if kind.needs_pool else None,
        )
        if claimed.checkpoint is None:
            state = kind.begin(task)
        else:
            state = kind.load(task, claimed.checkpoint)
        finished = kind.advance(task, state)
        fault_point("after-work")
        checked = [check(puzzle, one) for one in list(finds.values())[-KEPT:]] if puzzle else []
        result = _result(claimed, lease, task, state, finished=finished)
        result = replace(result, usage=meter.read())
    try:
        return process.persist(
            lambda connection: _finish(process, connection, claimed, checked, files, result)
        )
    except PoolError:  # away, busy, lost the lease, refused: what was found is kept all the same
        keep(process, claim, claimed.start, checked)
        raise


def _puzzle(process: Runtime, claim: Claim) -> Puzzle | None:
    if claim.puzzle_id is None or claim.fingerprint is None:
        return None
    puzzle_id, fingerprint = claim.puzzle_id, claim.fingerprint
    return process.persist(
        lambda connection: process.puzzles.get(connection, puzzle_id, fingerprint)
    )


def _result(
    claimed: Claimed, lease: Lease, task: Task, state: Any, *, finished: bool
) -> SliceResult:
    """What the slice came to, besides solutions."""
    claim, kind = claimed.claim, claimed.kind
    reason = None
    if lease.cancelled:
        ended, reason = "cancelled", "cancelled"
    elif finished:
        ended = "done"
    elif lease.solved:
        ended, reason = "done", "the puzzle is solved"
    elif lease.is_over:
        ended, reason = "done", f"its time limit of {claim.time_limit:g} s is over"
    else:
        ended = "ready"
    over = ended != "ready"
    return SliceResult(
        state=ended,
        steps_done=max(lease.steps, claim.steps_done),
        seconds=lease.seconds,
        rate=lease.rate,
        current=lease.current,
        checkpoint=None if over else kind.dump(task, state),
        result=kind.result(task, state) if over else None,
        reason=reason,
    )


def _finish(
    process: Runtime,
    connection: Connection,
    claimed: Claimed,
    checked: list[Checked],
    files: list[Artifact],
    result: SliceResult,
) -> list[Letter]:
    """Write everything a slice brought, in one transaction."""
    claim = claimed.claim
    with transaction(connection) as cursor:
        best, row = None, None
        if claim.puzzle_id is not None and checked:
            rows = record(
                cursor,
                claim.puzzle_id,
                checked,
                node=process.node,
                job_id=claim.job,
                slice=claim.slice,
                parent_id=claimed.start.get("solution_id"),
            )
            best, row = min(
                (one.verification.mse, row) for one, row in zip(checked, rows, strict=True)
            )
        for file in files:
            artifacts.store(cursor, claim.job, file)
        fault_point("after-solutions")
        slices.finish(cursor, claim, result, best=best, best_solution=row)
        fault_point("after-slice")
        if claim.puzzle_id is not None and any(one.verification.solved for one in checked):
            jobs.end_searches(
                cursor, claim.puzzle_id, claim.job, f"the puzzle is solved (job {claim.job})"
            )
            if puzzles.solved_now(cursor, claim.puzzle_id):
                jobs.log(cursor, "solved the puzzle", node=process.node, job=claim.job)
        if claimed.kind.brief:
            letters = dispatch_if_short(cursor, process.node)
        else:
            jobs.log(cursor, _told(claim, result, best), node=process.node, job=claim.job)
            letters = dispatch(cursor)
        fault_point("before-commit")
    fault_point("after-commit")
    return letters


def _told(claim: Claim, result: SliceResult, best: float | None) -> str:
    steps = result.steps_done - claim.steps_done
    told = f"slice {claim.slice} {'ends' if result.state == 'ready' else result.state}: "
    told += f"{steps:,} steps in {result.seconds:.1f} s"
    if best is not None:
        told += f", best cost {best:.6g}"
    return told + (f"; {result.reason}" if result.reason not in {None, result.state} else "")


def _failed(process: Runtime, claim: Claim, error: Exception, *, final: bool) -> list[Letter]:
    told = f"{type(error).__name__}: {error}"

    def write(connection: Connection) -> list[Letter]:
        with transaction(connection) as cursor:
            state = claims.fail(
                cursor, claim.job, claim.token, error=told, reason=told, final=final
            )
            if state is not None:
                jobs.log(cursor, told, level="ERROR", node=process.node, job=claim.job)
            if state == "failed":
                jobs.settle_children(cursor, [claim.job])
            return dispatch(cursor)

    return process.persist(write)
