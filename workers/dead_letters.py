"""Messages that no job stands behind: kept in the pool for people to look at, never executed."""

import json
from collections import deque
from typing import Any

from permq.errors import PoolError
from permq.pool.connection import Connection, ContentionError, UnreachableError, transaction
from permq.pool.jobs import bury
from workers.logs import logger
from workers.runtime import Runtime

MAX_BODY = 2_000
MOST = 1_000
"""So many wait in the main process at most while Postgres is away; others are only logged."""

_waiting: deque[tuple[str, str]] = deque()


def refuse(reason: str, body: Any) -> None:
    """Write down, in the main process, what it does not hand to a child; `deliver` keeps it.

    Parameters
    ----------
    reason
        Why it is refused.
    body
        What it held, as it came.
    """
    logger.error("message refused: %s", reason)
    text = body if isinstance(body, str) else repr(body)
    if len(_waiting) < MOST:
        _waiting.append((reason, text[:MAX_BODY]))


def deliver(connection: Connection, node: str) -> None:
    """Keep what was refused in the main process.

    Raises
    ------
    UnreachableError, ContentionError
        When Postgres is away or busy; the rest waits for the next time.
    """
    while _waiting:
        try:
            with transaction(connection) as cursor:
                bury(cursor, node, *map(_storable, _waiting[0]))
        except (UnreachableError, ContentionError):
            raise
        except PoolError as error:
            logger.error("%s; refused message: %s", error, _waiting[0][1])
        _waiting.popleft()


def keep(process: Runtime, reason: str, args: Any, kwargs: Any) -> None:
    """Write a message down; the worker goes on whatever it was.

    Parameters
    ----------
    process
        This process.
    reason
        Why it is refused.
    args, kwargs
        What it held.
    """
    body = json.dumps({"args": args, "kwargs": kwargs}, default=repr)[:MAX_BODY]
    logger.error("message refused: %s", reason)

    def write(connection: Connection) -> None:
        with transaction(connection) as cursor:
            bury(cursor, process.node, _storable(reason), _storable(body))

    try:
        process.persist(write)
    except UnreachableError as error:
        logger.error("%s; refused message: %s", error, body)


def _storable(text: str) -> str:
    """Text as Postgres takes it: without NUL, and without halves of characters."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()
