"""What a node does for the pool besides its jobs: it delivers its spool, and verifies what scripts
put in. Both load numpy, so not before there is something to do."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from permq.errors import PermqError
from permq.pool.connection import (
    Connection,
    ContentionError,
    UnreachableError,
    transaction,
)
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
        from permq.pool.solutions import check, record

        with transaction(connection) as cursor:
            row = find(cursor, spooled.fingerprint)
        puzzle = self._puzzle(connection, row.id)
        checked = [check(puzzle, found) for found in spooled.found]
        with transaction(connection) as cursor:
            record(
                cursor,
                row.id,
                checked,
                node=self._node,
                job_id=spooled.job,
                slice=spooled.slice,
                parent_id=spooled.parent,
            )
            if any(one.verification.solved for one in checked):
                end_searches(cursor, row.id, spooled.job, f"the puzzle is solved ({self._node})")

    def _puzzle(self, connection: Connection, number: int) -> "Puzzle":
        from workers.puzzles import PuzzleCache

        if self._cache is None:
            self._cache = PuzzleCache(self._folder)
        with transaction(connection) as cursor:
            cursor.execute("SELECT fingerprint FROM puzzles WHERE id = %s", (number,))
            ((fingerprint,),) = cursor.fetchall()
        return self._cache.get(connection, number, fingerprint)


def raise_damaged(path: Path) -> None:
    """Complain about a file of the spool.

    Raises
    ------
    PermqError
        Always.
    """
    raise PermqError(f"{path} is damaged or of another version")
