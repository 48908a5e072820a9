"""Looking at the pool again and again, over restarts of Postgres too."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from permq.cli.job_letters import warn
from permq.cli.servers import reading_url

if TYPE_CHECKING:
    from permq.pool.connection import Connection, Cursor

Seen = TypeVar("Seen")

PATIENCE = 1.0
"""Seconds between two tries to reach Postgres again."""


class Looks(Generic[Seen]):
    """One look after the other; while Postgres is away they wait for it.

    Parameters
    ----------
    connection
        To look through; replaced by an own one when it breaks.
    look
        What to read, within a transaction.
    data
        Data folder of `permq up`; None for what the environment says.
    as_json
        Whether warnings are JSON.
    """

    def __init__(
        self,
        connection: "Connection",
        look: "Callable[[Cursor], Seen]",
        data: Path | None,
        *,
        as_json: bool,
    ) -> None:
        self._connection = connection
        self._look = look
        self._data = data
        self._as_json = as_json
        self._own = False

    def __call__(self) -> Seen:
        """Look."""
        from permq.pool.connection import UnreachableError, connect, transaction

        told = False
        while True:
            try:
                if self._connection.closed:
                    self._connection, self._own = connect(reading_url(self._data)), True
                with transaction(self._connection) as cursor:
                    return self._look(cursor)
            except UnreachableError as error:
                if not told:
                    warn(f"{error}; waiting for it", as_json=self._as_json)
                told = True
                time.sleep(PATIENCE)

    def close(self) -> None:
        """Close the connection if it is an own one."""
        if self._own:
            self._connection.close()
