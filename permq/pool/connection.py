"""Connections to Postgres, and the one place where its errors become permq's."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg2
import psycopg2.extensions

from permq.encryption import postgres_refusal
from permq.errors import PoolError, RightsError

Connection: TypeAlias = psycopg2.extensions.connection
Cursor: TypeAlias = psycopg2.extensions.cursor

APPLICATION = "permq"
CONNECT_SECONDS = 10
SILENT_SECONDS = 30
"""What is sent and not taken for so long by the other side ends a connection (Linux)."""

# Whoever is frozen in the middle of a transaction must not hold its locks for ever.
_OPTIONS = (
    "-c timezone=UTC -c jit=off -c lock_timeout=60000 -c idle_in_transaction_session_timeout=15000"
)

# SQLSTATE classes: transaction rollback (deadlocks), object not in prerequisite state (locks).
_CONTENTION = ("40", "55")
_NO_RIGHT = ("42501", "25006")  # insufficient privilege, read-only transaction

_SECRET = re.compile(r"(?<=:)[^:@/\s]+(?=@)|(?<=password=)\S+")


class UnreachableError(PoolError):
    """Postgres cannot be reached, or went away in the middle; trying again may help."""


class EncryptionError(UnreachableError):
    """Postgres is there, but one side does not want the other's encryption."""


class ContentionError(PoolError):
    """Somebody else was in the way, too long or crosswise: the same again will succeed."""


def connect(url: str, *, name: str = APPLICATION) -> Connection:
    """Open a connection; transactions are begun and ended by `transaction`.

    Parameters
    ----------
    url
        `postgresql://user:password@host:port/database`, or libpq's `key=value` words.
    name
        What Postgres shows as the connection's application.

    Raises
    ------
    UnreachableError
        When it cannot be reached or refuses the login; the text holds no password.
    EncryptionError
        When the address asks for other encryption than the server has, or its certificate is not
        believed; the text says what to do.
    """
    try:
        return psycopg2.connect(
            url,
            application_name=name,
            connect_timeout=CONNECT_SECONDS,
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
            # keepalives say nothing while an answer is awaited from a network that is cut
            tcp_user_timeout=SILENT_SECONDS * 1000,
            options=_OPTIONS,
        )
    except (ValueError, psycopg2.ProgrammingError):
        # what libpq cannot parse it quotes, and it may be a part of the password
        raise UnreachableError(
            "Postgres cannot be reached: its address cannot be read; it is like "
            "postgresql://user@host:5432/database, or libpq's key=value words"
        ) from None
    except psycopg2.Error as error:
        if advice := refusal(url, error):
            raise EncryptionError(f"Postgres is not connected to: {advice}") from None
        raise UnreachableError(f"Postgres cannot be reached: {told(error)}") from None


def words_of(url: str) -> dict[str, str]:
    """An address as libpq's words; empty where it is none."""
    try:
        facts: dict[str, str] = psycopg2.extensions.parse_dsn(url)
    except psycopg2.Error:
        return {}
    return facts


def refusal(url: str, error: BaseException) -> str | None:
    """What to do about a refused connection, where it was for want of the right encryption."""
    return postgres_refusal(words_of(url), str(error))


@contextmanager
def transaction(connection: Connection) -> Iterator[Cursor]:
    """One transaction: committed when the block ends, rolled back when it raises.

    Yields
    ------
    Cursor
        Whose rows are tuples.

    Raises
    ------
    UnreachableError
        When Postgres went away; whether a commit in flight took effect is unknown then.
    ContentionError
        When a lock was not to be had, or was given up to end a deadlock.
    RightsError
        When the role that is logged in may not do it.
    PoolError
        When Postgres refuses what it was asked.
    """
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        if (getattr(error, "pgcode", None) or "")[:2] in _CONTENTION:
            raise ContentionError(f"Postgres was busy: {told(error)}") from error
        _close(connection)
        raise UnreachableError(f"Postgres went away: {told(error)}") from error
    except psycopg2.Error as error:
        # what has no class of its own comes from libpq: the connection broke as it was used
        if connection.closed or type(error) is psycopg2.DatabaseError:
            _close(connection)
            raise UnreachableError(f"Postgres went away: {told(error)}") from error
        if error.pgcode in _NO_RIGHT:
            raise RightsError(
                f"Postgres refuses role {connection.info.user}: {told(error)}; log in as a role "
                "that may, or let `permq db roles` give rights anew"
            ) from error
        raise PoolError(f"Postgres refuses: {told(error)}") from error


def told(error: BaseException) -> str:
    """What Postgres says, on one line and without passwords."""
    return _SECRET.sub("***", " ".join(str(error).split())) or type(error).__name__


def scalar(cursor: Cursor) -> Any:
    """First column of the next row; None where there is none."""
    row = cursor.fetchone()
    return None if row is None else row[0]


def _close(connection: Connection) -> None:
    try:
        connection.close()
    except psycopg2.Error:  # it is gone already
        return
