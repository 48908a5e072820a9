"""The exporter: reads Postgres when it is asked, at most once a second, over one connection."""

import math
import time
from collections.abc import Callable
from threading import Condition, Thread

from permq.errors import PoolError
from permq.metrics import catalogue as names
from permq.metrics.exposition import Sample, write
from permq.metrics.reading import read
from permq.metrics.samples import samples
from permq.metrics.totals import Totals
from permq.pool.connection import Connection, UnreachableError, connect, transaction

CACHE_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
"""Prometheus itself waits for ten seconds by default."""

APPLICATION = "permq metrics"


class Exporter:
    """A page of metrics for whoever asks, from whatever thread.

    Postgres is read in a thread of its own: one that does not answer keeps nobody waiting, and
    however many ask at once, it is read once.

    Parameters
    ----------
    url
        Postgres.
    version
        Told as `permq_build_info`.
    tell
        Given one line when Postgres goes away or comes back.
    patience
        Seconds after which Postgres counts as away.
    """

    def __init__(
        self,
        url: str,
        version: str,
        tell: Callable[[str], None],
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._url = url
        self._version = version
        self._tell = tell
        self._patience = patience
        self._connection: Connection | None = None
        self._totals = Totals()
        self._changed = Condition()
        self._reading = False
        self._page = ""
        self._up = False
        self._made = -math.inf
        self._trouble: str | None = None

    def page(self) -> tuple[str, bool]:
        """The metrics as text, at most a second old, and whether Postgres answered."""
        now = time.monotonic()
        with self._changed:
            if not self._is_fresh(now):
                if not self._reading:
                    self._reading = True
                    Thread(target=self._renew, name="reading", daemon=True).start()
                if not self._changed.wait_for(lambda: self._is_fresh(now), self._patience):
                    self._note(f"Postgres does not answer within {self._patience:g} s")
                    return write(self._about(up=False)), False
            return self._page, self._up

    def _is_fresh(self, now: float) -> bool:
        return self._made > now - CACHE_SECONDS

    def _renew(self) -> None:
        """Read Postgres and hand the page to all who wait."""
        began = time.monotonic()
        page, up = write(self._about(up=False)), False
        trouble: str | None = "the reading failed"
        try:
            found = self._read()
            took = Sample(names.READING, (), time.monotonic() - began)
            page, up, trouble = write([*self._about(up=True), took, *found]), True, None
        except PoolError as error:
            trouble = str(error)
            self._disconnect()
        finally:
            with self._changed:
                self._page, self._up, self._made = page, up, time.monotonic()
                self._reading = False
                self._note(trouble)
                self._changed.notify_all()

    def _read(self) -> list[Sample]:
        if self._connection is not None:
            try:
                return self._ask(self._connection)
            except UnreachableError:  # perhaps it was only restarted since it was asked last
                self._disconnect()
        self._totals = Totals()  # it may be another Postgres
        self._connection = connect(self._url, name=APPLICATION)
        return self._ask(self._connection)

    def _ask(self, connection: Connection) -> list[Sample]:
        with transaction(connection) as cursor:
            return list(samples(read(cursor, self._totals)))

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _note(self, trouble: str | None) -> None:
        """Tell of a change, and of nothing else: Prometheus asks all day."""
        if (trouble is None) != (self._trouble is None):
            self._tell(trouble or "Postgres answers again")
        self._trouble = trouble

    def _about(self, *, up: bool) -> list[Sample]:
        return [Sample(names.UP, (), float(up)), Sample(names.BUILD, (self._version,), 1.0)]
