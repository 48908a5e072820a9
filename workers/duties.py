"""What a node does for the pool besides its jobs: it delivers its spool, and verifies what scripts
put in. Both load numpy, so not before there is something to do."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from permq.errors import PermqError
from permq.pool.connection import (
    Connection,
    ContentionError,
    Cursor,
    UnreachableError,
    transaction,
)
from workers import dead_letters
from workers.logs import logger
from workers.spool import Spool, Spooled

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from workers.puzzles import PuzzleCache

AGAIN = 10.0
"""Seconds before a delivery that failed is tried again."""


class Duties:
    """Deliveries of one node.

    Parameters
    ----------
    data
        The node's folder.
    node
        Its name.
    """

    def __init__(self, data: Path, node: str) -> None:
        self._spool = Spool(data / "spool")
        self._spool.tidy()
        self._folder = data / "puzzles"
        self._node = node
        self._cache: PuzzleCache | None = None
        self._not_before = 0.0

    def deliver(self, connection: Connection) -> None:
        """Bring every file of the spool into the pool, and remove it once it is committed.

        Raises
        ------
        UnreachableError, ContentionError
            When Postgres is away or busy: the same again will succeed.
        """
        dead_letters.deliver(connection, self._node)
        if time.monotonic() < self._not_before:
            return
        for path, spooled in self._spool.waiting():
            try:
                if spooled is None:
                    raise_damaged(path)
                else:
                    self._deliver(connection, spooled)
                    path.unlink()
                    logger.info("delivered %d solutions of %s", len(spooled.finds), path.name)
            except (UnreachableError, ContentionError):
                raise
            except PermqError as error:
                aside = self._spool.set_aside(path)
                logger.error("the pool refuses %s: %s; it is kept as %s", path.name, error, aside)
            except OSError as error:
                logger.error("%s: %s", path, error)
                self._not_before = time.monotonic() + AGAIN

    def verify_incoming(self, connection: Connection) -> None:
        """Judge what scripts inserted through js_puzzle_pool.

        Raises
        ------
        PoolError
            When Postgres fails.
        """
        with transaction(connection) as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM incoming WHERE state = 'pending')")
            ((pending,),) = cursor.fetchall()
        if not pending:
            return
        from permq.pool.legacy import verify_incoming

        count = verify_incoming(connection, lambda number: self._puzzle(connection, number))
        logger.info("verified %d solutions that scripts put in", count)

    def _deliver(self, connection: Connection, spooled: Spooled) -> None:
        from permq.pool.jobs import end_searches
        from permq.pool.puzzles import find
        from permq.pool.solutions import check, known_hashes, record

        with transaction(connection) as cursor:
            row = find(cursor, spooled.fingerprint)
        puzzle = self._puzzle(connection, row.id)
        checked = [check(puzzle, found) for found in spooled.found]
        with transaction(connection) as cursor:
            job, parent = known_work(cursor, spooled, row.id)
            if job is None:  # nothing would tell a second delivery from the first
                known = known_hashes(cursor, row.id, [one.arrangement.sha256 for one in checked])
                checked = [one for one in checked if one.arrangement.sha256 not in known]
            record(
                cursor,
                row.id,
                checked,
                node=self._node,
                job_id=job,
                slice=None if job is None else spooled.slice,
                parent_id=parent,
            )
            if any(one.verification.solved for one in checked):
                end_searches(cursor, row.id, job or 0, f"the puzzle is solved ({self._node})")

    def _puzzle(self, connection: Connection, number: int) -> "Puzzle":
        from workers.puzzles import PuzzleCache

        if self._cache is None:
            self._cache = PuzzleCache(self._folder)
        with transaction(connection) as cursor:
            cursor.execute("SELECT fingerprint FROM puzzles WHERE id = %s", (number,))
            ((fingerprint,),) = cursor.fetchall()
        return self._cache.get(connection, number, fingerprint)


def known_work(cursor: Cursor, spooled: Spooled, puzzle: int) -> tuple[int | None, int | None]:
    """Job and parent of finds where the database has them: one restored from a backup may not.

    Returns
    -------
    job, parent : int or None
        None for those that it does not have, or has for another puzzle.
    """
    cursor.execute(
        "SELECT (SELECT id FROM jobs WHERE id = %(job)s AND puzzle_id = %(puzzle)s),"
        " (SELECT id FROM solutions WHERE id = %(parent)s AND puzzle_id = %(puzzle)s)",
        {"job": spooled.job, "parent": spooled.parent, "puzzle": puzzle},
    )
    ((job, parent),) = cursor.fetchall()
    return job, parent


def raise_damaged(path: Path) -> None:
    """Complain about a file of the spool.

    Raises
    ------
    PermqError
        Always.
    """
    raise PermqError(f"{path} is damaged or of another version")
