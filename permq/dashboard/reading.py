"""Readings of Postgres that all who look share: at most one a second, in a thread of its own."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from permq.dashboard.plain import encode
from permq.errors import PoolError
from permq.pool.connection import Connection, Cursor, UnreachableError, connect, transaction
from permq.pool.queries import load

FRESH_SECONDS = 1.0
PATIENCE_SECONDS = 6.0
MOST_KEPT = 64
"""Answers that are kept; beyond it the oldest go."""

APPLICATION = "permq dashboard"

Answer = TypeVar("Answer")


class Reader:
    """Asks Postgres over one connection and keeps answers for a second.

    However many ask for the same, it is read once; a Postgres that hangs keeps nobody waiting
    for longer than `PATIENCE_SECONDS`. Its methods belong to one event loop.

    Parameters
    ----------
    url
        Postgres.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._kept: dict[str, tuple[float, asyncio.Future[bytes]]] = {}

    async def json(self, key: str, ask: Callable[[Cursor], Any]) -> bytes:
        """What a question answers, as JSON, at most a second old.

        Parameters
        ----------
        key
            The same for the same question.
        ask
            Called with a cursor in a transaction that may only read.

        Raises
        ------
        PoolError
            When Postgres cannot be reached, refuses or does not answer in time.
        """
        began, answer = self._kept.get(key, (0.0, None))
        if answer is None or (answer.done() and time.monotonic() > began + FRESH_SECONDS):
            answer = self._submit(lambda: encode(self._read(ask)))
            self._kept.pop(key, None)
            self._kept[key] = time.monotonic(), answer
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return await _within_patience(answer)

    async def row(self, ask: Callable[[Cursor], Answer]) -> Answer:
        """What a question answers, not kept; see `json`."""
        return await _within_patience(self._submit(lambda: self._read(ask)))

    def close(self) -> None:
        """Give the connection back when the thread is done with it."""
        self._thread.submit(self._disconnect)
        self._thread.shutdown(wait=False)

    def _submit(self, work: Callable[[], Answer]) -> "asyncio.Future[Answer]":
        answer = asyncio.get_running_loop().run_in_executor(self._thread, work)
        answer.add_done_callback(_heard)
        return answer

    def _read(self, ask: Callable[[Cursor], Answer]) -> Answer:
        if self._connection is not None:
            try:
                return self._ask(self._connection, ask)
            except UnreachableError:  # perhaps it was only restarted since it was asked last
                self._disconnect()
        self._connection = connect(self._url, name=APPLICATION)
        return self._ask(self._connection, ask)

    def _ask(self, connection: Connection, ask: Callable[[Cursor], Answer]) -> Answer:
        with transaction(connection) as cursor:
            cursor.execute(load("dashboard")["guard"])
            return ask(cursor)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


async def _within_patience(answer: "asyncio.Future[Answer]") -> Answer:
    try:
        # shielded, because others may be waiting for the same
        return await asyncio.wait_for(asyncio.shield(answer), PATIENCE_SECONDS)
    except TimeoutError:
        raise PoolError(f"Postgres does not answer within {PATIENCE_SECONDS:g} s") from None


def _heard(answer: "asyncio.Future[Any]") -> None:
    """Take note of an error that nobody waits for any more."""
    if not answer.cancelled():
        answer.exception()
