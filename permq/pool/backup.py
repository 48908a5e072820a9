"""The whole database in one file, and back; pg_dump would have to be of the server's version."""

import secrets
import zipfile
from pathlib import Path

from psycopg2 import sql

from permq.errors import OptionError, SchemaError
from permq.faults import fault_point
from permq.pool.backup_file import (
    Backup,
    Measured,
    TableCopy,
    entry_of,
    inspect,
    opened,
    seal,
    table_names,
    written,
)
from permq.pool.connection import Connection, Cursor, scalar, transaction
from permq.pool.migrate import LOCK, Migration, apply, made_by, migrations, newest
from permq.pool.queries import load
from permq.pool.rights import act_as_owner

_STRIDE = 1 << 48


def save(connection: Connection, path: Path) -> Backup:
    """Write a backup of one moment, while others go on writing.

    Parameters
    ----------
    connection
        Outside a transaction, to a database with this software's schema.
    path
        The file to write.

    Raises
    ------
    SchemaError
        When the database has no schema yet.
    PoolError
        When Postgres goes away.
    """
    with (
        transaction(connection) as cursor,
        written(path) as archive,
    ):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT number, checksum FROM migrations ORDER BY number")
        applied = cursor.fetchall()
        tables = _tables(cursor, migrations()[: len(applied)])
        copies = tuple(_save_table(cursor, archive, name) for name in tables)
        cursor.execute("SELECT transaction_timestamp()")
        made = Backup(
            schema=len(applied),
            checksums=tuple(checksum for _, checksum in applied),
            made_at=scalar(cursor).isoformat(),
            tables=copies,
        )
        seal(archive, made)
    return made


def restore(connection: Connection, path: Path, *, replace: bool = False) -> Backup:
    """Put a backup into a database: all of it, in one transaction, or nothing.

    Workers should be stopped. What ran when the backup was made becomes ready again and goes on
    from its checkpoints; the nodes of that time are gone until they register anew.

    Parameters
    ----------
    connection
        Outside a transaction. A schema is not needed; an older backup is brought to this
        software's.
    path
        What `save` wrote; it is checked before anything is written.
    replace
        Whether a database that holds something may be emptied.

    Raises
    ------
    OptionError
        When the file is no backup or damaged, or the database holds something.
    SchemaError
        When the schema of the backup or of the database is newer than this software.
    PoolError
        When Postgres refuses; the database is what it was then.
    """
    backup = inspect(path)
    with opened(path) as archive, transaction(connection) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        act_as_owner(cursor)
        if (found := newest(cursor)) > len(migrations()):
            raise SchemaError(
                f"the database has schema {found}, this permq knows {len(migrations())}: upgrade "
                "permq on this machine, or restore into another database"
            )
        if not replace and _holds_something(cursor):
            raise OptionError("the database is not empty: --replace gives up what it holds")
        _drop_all(cursor)
        fault_point("restore-emptied")
        apply(cursor, migrations()[: backup.schema])
        for table in backup.tables:
            _restore_table(cursor, archive, table)
        _set_sequences(cursor, backup)
        apply(cursor, migrations()[backup.schema :])
        cursor.execute(load("backup")["ready_again"])
        _void_tokens(cursor)
        cursor.execute(load("backup")["nodes_gone"])
        fault_point("restore-filled")
    return backup


def _save_table(cursor: Cursor, archive: zipfile.ZipFile, name: str) -> TableCopy:
    cursor.execute(load("backup")["columns"], {"table": name})
    columns = tuple(column for (column,) in cursor.fetchall())
    with archive.open(entry_of(name), "w", force_zip64=True) as entry:
        measured = Measured(entry)
        cursor.copy_expert(_copy(cursor, name, columns, "TO STDOUT"), measured)
    return TableCopy(name, columns, cursor.rowcount, measured.sha256)


def _restore_table(cursor: Cursor, archive: zipfile.ZipFile, table: TableCopy) -> None:
    with archive.open(entry_of(table.name)) as entry:
        measured = Measured(entry)
        cursor.copy_expert(_copy(cursor, table.name, table.columns, "FROM STDIN"), measured)
    if (cursor.rowcount, measured.sha256) != (table.rows, table.sha256):
        raise OptionError(f"table {table.name}: the backup changed while it was read")


def _copy(cursor: Cursor, name: str, columns: tuple[str, ...], direction: str) -> str:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    words = sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(name), listed)
    return str(words.as_string(cursor))


def _tables(cursor: Cursor, applied: tuple[Migration, ...]) -> list[str]:
    """Tables of the schema, those that others refer to first; migrations have their own."""
    names = table_names(applied)
    cursor.execute(load("backup")["references"], {"tables": names})
    needs: dict[str, set[str]] = {name: set() for name in names}
    for table, referred in cursor.fetchall():
        needs[table].add(referred)
    ordered: list[str] = []
    while needs:
        free = sorted(name for name, others in needs.items() if not others & needs.keys())
        if not free:
            raise SchemaError(f"tables refer to each other in a circle: {', '.join(needs)}")
        ordered += free
        needs = {name: others for name, others in needs.items() if name not in free}
    return ordered


def _holds_something(cursor: Cursor) -> bool:
    for name in table_names(migrations()):
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (name,))
        if scalar(cursor):
            query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))
            cursor.execute(query)
            if scalar(cursor):
                return True
    return False


def _drop_all(cursor: Cursor) -> None:
    for kind, name in (*reversed(made_by(migrations())), ("TABLE", "migrations")):
        drop = sql.SQL(f"DROP {kind} IF EXISTS {{}} CASCADE").format(sql.Identifier(name))
        cursor.execute(drop)


def _void_tokens(cursor: Cursor) -> None:
    """Give no token again that the saved database gave later, to its jobs or to new ones.

    New jobs may get the numbers of jobs that were submitted after the backup was made.
    """
    stride = 1 + secrets.randbelow(_STRIDE)
    cursor.execute(load("backup")["void_tokens"], {"stride": stride})
    begin = sql.SQL("ALTER TABLE jobs ALTER COLUMN token SET DEFAULT {}")
    cursor.execute(begin.format(sql.Literal(stride)))


def _set_sequences(cursor: Cursor, backup: Backup) -> None:
    """Let the next row of every table get the next number."""
    for table in backup.tables:
        if "id" in table.columns:
            query = sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, 'id'), COALESCE(max(id), 0) + 1, false)"
                " FROM {}"
            ).format(sql.Literal(table.name), sql.Identifier(table.name))
            cursor.execute(query)
