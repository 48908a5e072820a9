"""The lease of the job at work: renewed by a thread, which hears what the pool wants of it."""

import os
import threading
import time
from types import TracebackType
from typing import Self

from permq.errors import LeaseLostError, PoolError
from permq.pool import claims
from permq.pool.claims import Claim
from permq.pool.connection import Connection, UnreachableError, connect, transaction
from permq.pool.times import PATIENCE, RENEWAL
from workers.logs import logger


class Lease:
    """Keeps a claim alive while its slice works; a context manager.

    Parameters
    ----------
    url
        Of Postgres; the thread has a connection of its own.
    claim
        What is kept.
    seconds
        Length of the slice, unless the job's time limit ends it before.
    quiet
        Without a thread, for work that ends long before its lease.
    """

    def __init__(self, url: str, claim: Claim, seconds: float, *, quiet: bool = False) -> None:
        self._url = url
        self._claim = claim
        self._begun = time.monotonic()
        self._until = self._begun + seconds
        self._parent = os.getppid()
        self._over = threading.Event()
        self._quiet = quiet
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self.steps = claim.steps_done
        self.current: float | None = None
        self.lost = False
        self.cancelled = False
        self.paused = False
        self.solved = False
        self.leaving = False
        self.away = False

    def __enter__(self) -> Self:
        if not self._quiet:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if not self._quiet:
            # it may hang on a network that swallows everything; what was found must not wait for it
            self._thread.join(PATIENCE)

    @property
    def seconds(self) -> float:
        """Since the slice began."""
        return time.monotonic() - self._begun

    @property
    def rate(self) -> float | None:
        """Steps/s of this slice."""
        done, seconds = self.steps - self._claim.steps_done, self.seconds
        return done / seconds if done > 0 and seconds > 0 else None

    def ordered(self) -> bool:
        """Whether the pool, the node or the job's time limit wants the slice to end at once."""
        wanted = self.lost or self.cancelled or self.paused or self.solved or self.leaving
        return wanted or self.is_over

    def stop(self) -> bool:
        """Whether the slice shall end."""
        return time.monotonic() >= self._until or self.ordered()

    @property
    def is_over(self) -> bool:
        """Whether the job's time limit is used up: then not even a unit of work is ended."""
        limit = self._claim.time_limit
        return limit is not None and self._claim.worked + self.seconds >= limit

    def report(self, steps: int, current: float, best: float, note: str) -> None:
        """Take note of progress; the thread tells it on."""
        self.steps = steps
        self.current = best

    def _keep(self) -> None:
        connection: Connection | None = None
        while not self._over.wait(RENEWAL):
            if os.getppid() != self._parent:
                # the worker's main process is dead: nobody would hear of this slice's end
                self.leaving = True
            try:
                connection = connection or connect(self._url, name="permq lease")
                self._renew(connection)
                if self.away:
                    logger.info("Postgres answers again")
                    self.away = False
            except UnreachableError as error:
                connection = None
                if not self.away:  # said once, not every two seconds
                    logger.warning("%s; working on to the end of the slice", error)
                    self.away = True
            except LeaseLostError as error:
                logger.warning("%s", error)
                self.lost = True
                break
            except PoolError as error:  # busy for once: without this thread the lease would end
                logger.warning("%s", error)
        if connection is not None:
            connection.close()

    def _renew(self, connection: Connection) -> None:
        with transaction(connection) as cursor:
            # progress is no result: a crash may forget the last of it
            cursor.execute("SET LOCAL synchronous_commit = off")
            orders = claims.renew(
                cursor,
                self._claim.job,
                self._claim.token,
                steps=self.steps,
                current=self.current,
                rate=self.rate,
            )
        self.cancelled, self.paused, self.solved = orders.cancel, orders.pause, orders.solved
        self.leaving = self.leaving or orders.leaving
