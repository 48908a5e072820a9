"""What a worker's process holds: its connection, its puzzles, its spool."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from permq.config import ServiceSettings
from permq.errors import ServiceError
from permq.fleet.capability import numeric_class
from permq.pool.connection import Connection, ContentionError, UnreachableError, connect
from permq.pool.times import PATIENCE
from workers.logs import logger
from workers.puzzles import PuzzleCache
from workers.spool import Spool

Result = TypeVar("Result")


@dataclass(eq=False)
class Runtime:
    """A process of a node.

    Parameters
    ----------
    node
        Name of the node.
    postgres_url
        Where the pool is.
    data
        The node's folder.
    """

    node: str
    postgres_url: str
    data: Path
    _connection: Connection | None = None

    def __post_init__(self) -> None:
        self.puzzles = PuzzleCache(self.data / "puzzles")
        self.spool = Spool(self.data / "spool")
        self.numeric_class = numeric_class()
        self.pid = os.getpid()

    @property
    def connection(self) -> Connection:
        """Connection to the pool, opened anew where the last one broke.

        Raises
        ------
        UnreachableError
            When Postgres is away.
        """
        if self._connection is None or self._connection.closed:
            self._connection = connect(self.postgres_url, name=f"permq {self.node}")
        return self._connection

    def persist(
        self, action: Callable[[Connection], Result], *, patience: float = PATIENCE
    ) -> Result:
        """Do something with the connection, again and again while Postgres is away or busy.

        Parameters
        ----------
        action
            May be begun several times; one that was cut off at its commit may have taken effect.
        patience
            Seconds after which it is given up.

        Raises
        ------
        UnreachableError, ContentionError
            When Postgres stayed away or busy.
        """
        until = time.monotonic() + patience
        pause = 0.1
        while True:
            try:
                return action(self.connection)
            except (UnreachableError, ContentionError) as error:
                if time.monotonic() + pause > until:
                    raise
                logger.debug("%s; trying again", error)
                time.sleep(pause)
                pause = min(2 * pause, 2.0)


@cache
def runtime() -> Runtime:
    """This process', made at its first use from the environment that `workers.boot` prepared.

    Raises
    ------
    ServiceError
        When the environment does not say where the pool is.
    """
    settings = ServiceSettings.read()
    if settings.postgres_url is None or settings.node is None:
        raise ServiceError("PERMQ_POSTGRES_URL is not set: a worker needs the pool's address")
    return Runtime(settings.node, settings.postgres_url, settings.data)
