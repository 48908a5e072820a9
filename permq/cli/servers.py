"""Where commands find Postgres and Redis, and how they connect."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from permq.pool.connection import Connection
    from permq.services.addresses import Addresses

Body = TypeVar("Body", bound=Callable[..., Any])


def data_option(body: Body) -> Body:
    """Add `--data`, handed over as `data: Path | None`."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="Data folder of `permq up`, whose servers are meant; by default PERMQ_DATA, or the "
        "one in the user's data directory.",
    )(body)


def pool_url(data: Path | None = None) -> str:
    """Address of the Postgres of this fleet, with its password: never to be printed.

    Parameters
    ----------
    data
        Data folder of `permq up`; None for what the environment says.

    Raises
    ------
    ServiceError
        When no server is named and none runs on that folder.
    """
    return _addresses(data).postgres_url


def reading_url(data: Path | None = None) -> str:
    """Like `pool_url`, for those who only read: the reader's role, where `permq up` has made it."""
    return _addresses(data).reader_url


def broker_url(data: Path | None = None) -> str:
    """Address of the Redis of this fleet, with its password: never to be printed.

    Parameters
    ----------
    data
        Data folder of `permq up`; None for what the environment says.

    Raises
    ------
    ServiceError
        When no server is named and none runs on that folder.
    """
    return _addresses(data).redis_url


@contextmanager
def connected(data: Path | None = None, *, reading: bool = False) -> "Iterator[Connection]":
    """Connect to Postgres with the schema of this version, and close at the end.

    Parameters
    ----------
    data
        Data folder of `permq up`; None for what the environment says.
    reading
        Log in as who may only read, where that is known.

    Yields
    ------
    Connection
        To be used with `permq.pool.connection.transaction`.

    Raises
    ------
    ServiceError
        When Postgres cannot be found or reached, or its schema is of another version.
    """
    from permq.pool.connection import connect
    from permq.pool.migrate import migrate

    connection = connect(reading_url(data) if reading else pool_url(data))
    try:
        migrate(connection)
        yield connection
    finally:
        connection.close()


def _addresses(data: Path | None) -> "Addresses":
    from permq.config import data_folder
    from permq.services.addresses import find

    return find(data_folder() if data is None else data)
