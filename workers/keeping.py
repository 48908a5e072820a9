"""What a slice found and could not write: kept until it lies somewhere for good."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from permq.errors import PoolError
from permq.pool.claims import Claim
from permq.pool.connection import Connection, ContentionError, UnreachableError, transaction
from permq.pool.jobs import end_searches
from permq.pool.solutions import Checked, record
from workers.logs import logger
from workers.runtime import Runtime
from workers.spool import Spooled


def keep(
    process: Runtime, claim: Claim, start: Mapping[str, Any], checked: Sequence[Checked]
) -> None:
    """Spool solutions; where the disk is full too, wait until either it or Postgres takes them.

    A process that waits so has no other work: without Postgres there is nothing to claim. It gives
    up when its main process is gone, because nobody would ever end it; the log holds the solutions.

    Parameters
    ----------
    process
        This process.
    claim
        What its slice was of.
    start
        What the search began with.
    checked
        What it found.
    """
    if not checked or claim.puzzle_id is None or claim.fingerprint is None:
        return
    parent = start.get("solution_id")
    spooled = Spooled.of(claim.fingerprint, claim.job, claim.slice, parent, checked)
    main, told = os.getppid(), False
    while True:
        try:
            path = process.spool.keep(spooled)
        except OSError as error:
            if not told:  # a log on another disk is the last place left, should all end now
                logger.critical(
                    "the spool takes nothing (%s); found by job %d: %s",
                    error,
                    claim.job,
                    spooled.finds,
                )
                told = True
        else:
            logger.warning("%d solutions wait in %s", len(checked), path)
            return
        try:
            process.persist(lambda connection: _record(process, connection, claim, parent, checked))
        except (UnreachableError, ContentionError):
            if os.getppid() != main:
                return
        except PoolError as error:
            logger.critical("the pool refuses what job %d found: %s", claim.job, error)
            return
        else:
            logger.warning("%d solutions are in the pool after all", len(checked))
            return


def _record(
    process: Runtime,
    connection: Connection,
    claim: Claim,
    parent: int | None,
    checked: Sequence[Checked],
) -> None:
    """Bring them into the pool past the spool."""
    puzzle = claim.puzzle_id or 0
    with transaction(connection) as cursor:
        record(
            cursor,
            puzzle,
            checked,
            node=process.node,
            job_id=claim.job,
            slice=claim.slice,
            parent_id=parent,
        )
        if any(one.verification.solved for one in checked):
            end_searches(cursor, puzzle, claim.job, f"the puzzle is solved ({process.node})")
