"""Messages that no job stands behind: kept in the pool for people to look at, never executed."""

import json
from typing import Any

from permq.pool.connection import Connection, UnreachableError, transaction
from permq.pool.jobs import bury
from workers.logs import logger
from workers.runtime import Runtime

MAX_BODY = 2_000


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
            # Postgres' text holds no NUL
            bury(cursor, process.node, reason, body.replace("\x00", "�"))

    try:
        process.persist(write)
    except UnreachableError as error:
        logger.error("%s; refused message: %s", error, body)
