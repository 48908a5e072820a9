"""The schema: numbered SQL files, applied once, in order, by whoever comes first.

It is brought up while a fleet works. Every migration is a transaction of its own: one that is
killed in the middle leaves nothing, and the next one goes on with what is left.
"""

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from permq.errors import OldSchemaError, PoolError, SchemaError
from permq.faults import fault_point
from permq.pool.connection import (
    Connection,
    ContentionError,
    Cursor,
    connect,
    scalar,
    transaction,
)
from permq.pool.rights import act_as_owner, grant

LOCK = 7_065_726_001
"""Advisory lock that migrations hold; any number that nobody else takes."""

LOCK_SECONDS = 2
"""Everybody else waits behind a migration that waits for a table, so it waits no longer than this
and tries again."""
PATIENCE = 120.0
"""Seconds after which it is given up."""
PAUSE = 0.5

_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


@dataclass(frozen=True)
class Migration:
    """One numbered step of the schema.

    Parameters
    ----------
    number
        Its place, from 1 without gaps.
    name
        Its file's name.
    sql
        What it does.
    """

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of its SQL, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True)
class SchemaState:
    """What `check` finds.

    Parameters
    ----------
    applied
        Number of the newest migration in the database; 0 for an empty one.
    known
        Number of the newest migration that this software knows.
    """

    applied: int
    known: int

    @property
    def current(self) -> bool:
        """Whether nothing is left to apply."""
        return self.applied == self.known


@cache
def migrations() -> tuple[Migration, ...]:
    """All migrations of this software, in order."""
    folder = files("permq.pool") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    found = tuple(
        Migration(int(name.partition("_")[0]), name, (folder / name).read_text(encoding="utf-8"))
        for name in names
    )
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise SchemaError(f"migrations are not numbered from 1 without gaps: {', '.join(names)}")
    return found


def migrate(where: str | Connection, *, last: int | None = None) -> SchemaState:
    """Bring a database to this software's schema; at once when it is there already.

    Parameters
    ----------
    where
        URL, or an open connection outside a transaction.
    last
        Number of the last migration to apply; all by default.

    Raises
    ------
    SchemaError
        When the database is newer than this software or a migration was altered.
    OldSchemaError
        When it is older and this user may not change it.
    ContentionError
        When others kept its tables locked all the time.
    PoolError
        When Postgres cannot be reached or refuses.
    """
    wanted = migrations()[:last]
    until = time.monotonic() + PATIENCE
    with _opened(where) as connection:
        while (state := check(connection)).applied < len(wanted):
            try:
                _step(connection, wanted)
            except ContentionError:
                if time.monotonic() + PAUSE > until:
                    raise
                time.sleep(PAUSE)
        return state


def _step(connection: Connection, wanted: Sequence[Migration]) -> None:
    """Apply the next migration, if nobody was faster."""
    with transaction(connection) as cursor:
        _refuse_without_rights(cursor)
        act_as_owner(cursor)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        fault_point("migration-locked")
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute(_TABLE)
        apply(cursor, wanted[_applied(cursor) :][:1])
        fault_point("migration-applied")
    fault_point("migration-committed")


def _refuse_without_rights(cursor: Cursor) -> None:
    """Let those alone who may not change tables, as workers of least rights: others will."""
    cursor.execute(
        "SELECT has_schema_privilege(current_schema(), 'CREATE') AND coalesce(pg_has_role("
        "(SELECT relowner FROM pg_class WHERE oid = to_regclass('migrations')), 'USAGE'), true)"
    )
    if not scalar(cursor):
        applied = _applied(cursor) if _made(cursor) else 0
        raise OldSchemaError(
            f"the database has schema {applied}, this permq needs {len(migrations())}, and this "
            "user may not change it: run `permq db migrate` as its owner"
        )


def apply(cursor: Cursor, steps: Sequence[Migration]) -> None:
    """Apply migrations in the caller's transaction, which holds `LOCK`, and note them.

    The roles that the database may have get their rights on what there is now.
    """
    cursor.execute(_TABLE)
    for migration in steps:
        cursor.execute(migration.sql)
        cursor.execute(
            "INSERT INTO migrations (number, name, checksum) VALUES (%s, %s, %s)",
            (migration.number, migration.name, migration.checksum),
        )
    grant(cursor)


def made_by(steps: Sequence[Migration]) -> list[tuple[str, str]]:
    """Kind and name of what migrations create: the database may hold other things too."""
    made = re.compile(r"^CREATE (?:OR REPLACE )?(TABLE|VIEW|FUNCTION) (\w+)", re.MULTILINE)
    return [(kind, name) for step in steps for kind, name in made.findall(step.sql)]


def check(where: str | Connection) -> SchemaState:
    """Compare a database's schema with this software's.

    Parameters
    ----------
    where
        URL, or an open connection outside a transaction.

    Raises
    ------
    SchemaError
        When the database is newer than this software or a migration was altered.
    PoolError
        When Postgres cannot be reached or refuses.
    """
    with _opened(where) as connection, transaction(connection) as cursor:
        return SchemaState(_applied(cursor) if _made(cursor) else 0, len(migrations()))


def refusal(connection: Connection | None) -> SchemaError | None:
    """What `check` refuses a database for; None where it does not, or cannot be asked.

    A statement that fails may do so because a newer permq has changed its tables meanwhile.
    """
    if connection is None or connection.closed:
        return None
    try:
        check(connection)
    except SchemaError as error:
        return error
    except PoolError:
        return None
    return None


def newest(cursor: Cursor) -> int:
    """Number of the newest migration in the database, whoever applied it; 0 for an empty one."""
    if not _made(cursor):
        return 0
    cursor.execute("SELECT coalesce(max(number), 0) FROM migrations")
    return int(scalar(cursor))


def _made(cursor: Cursor) -> bool:
    """Whether the database has had any migration."""
    cursor.execute("SELECT to_regclass('migrations') IS NOT NULL")
    return bool(scalar(cursor))


@contextmanager
def _opened(where: str | Connection) -> Iterator[Connection]:
    """A connection given stays open, one made of a URL is closed at the end."""
    if not isinstance(where, str):
        yield where
        return
    with closing(connect(where)) as connection:
        yield connection


def _applied(cursor: Cursor) -> int:
    """Number of migrations in the database, which must be the first of this software's."""
    cursor.execute("SELECT number, name, checksum FROM migrations ORDER BY number")
    rows = cursor.fetchall()
    known = migrations()
    if len(rows) > len(known):
        raise SchemaError(
            f"the database has schema {len(rows)} ({rows[-1][1]}), this permq knows {len(known)}: "
            "upgrade permq on this machine"
        )
    for (number, name, checksum), migration in zip(rows, known, strict=False):
        if (number, checksum) != (migration.number, migration.checksum):
            raise SchemaError(
                f"migration {number} ({name}) was applied with other contents than this permq's: "
                "the database belongs to another version; restore a backup or use another database"
            )
    return len(rows)
