"""The whole database in one file, and back: without pg_dump, whose version must fit the server's.

The file is a zip archive: `manifest.json` names the schema and every table with its columns, rows
and checksum; `tables/<name>.copy` is what Postgres' COPY wrote, all from one snapshot.
"""

import hashlib
import json
import secrets
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from psycopg2 import sql

from permq.errors import OptionError, SchemaError
from permq.faults import fault_point
from permq.pool.connection import Connection, Cursor, scalar, transaction
from permq.pool.migrate import LOCK, Migration, apply, made_by, migrations, newest
from permq.pool.queries import load
from permq.pool.rights import act_as_owner

FORMAT = "permq backup 1"
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 20
_DEFLATE = 6
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_STRIDE = 1 << 48
DERIVED = frozenset({"care", "job_tallies"})
"""Tables that fill by themselves."""


@dataclass(frozen=True)
class TableCopy:
    """One table of a backup.

    Parameters
    ----------
    name
        Of the table.
    columns
        In the order of the copy.
    rows
        How many it has.
    sha256
        Of the copy, uncompressed.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Backup:
    """What a backup holds.

    Parameters
    ----------
    schema
        Number of its newest migration.
    checksums
        Of its migrations, in order.
    made_at
        When, by Postgres' clock.
    tables
        Every table; those that others refer to come first.
    """

    schema: int
    checksums: tuple[str, ...]
    made_at: str
    tables: tuple[TableCopy, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)


class _Measured:
    """A file that COPY writes to or reads from, with a checksum of what went through."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._digest.update(data)
        return data


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
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_DEFLATE) as archive,
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
        archive.writestr(_MANIFEST, json.dumps({"format": FORMAT, **asdict(made)}, indent=1))
    return made


def inspect(path: Path) -> Backup:
    """Read a backup through and check every byte of it.

    Raises
    ------
    OptionError
        When it is no backup, or damaged.
    SchemaError
        When its schema is newer than this software, or another.
    """
    with _opened(path) as archive:
        backup = _manifest(archive, path)
        for table in backup.tables:
            with archive.open(_entry(table.name)) as entry:
                measured = _Measured(entry)
                while measured.read(_CHUNK):
                    pass
            if measured.sha256 != table.sha256:
                raise OptionError(f"{path}: table {table.name} is damaged: its checksum differs")
    known = migrations()
    if backup.schema > len(known):
        raise SchemaError(
            f"{path}: has schema {backup.schema}, this permq knows {len(known)}: upgrade permq"
        )
    if backup.checksums != tuple(one.checksum for one in known[: backup.schema]):
        raise SchemaError(f"{path}: was made by a permq with other migrations of the same numbers")
    # nothing is written to a table that is not permq's, and none is left out
    wanted = sorted(_names(known[: backup.schema]))
    if sorted(table.name for table in backup.tables) != wanted:
        raise OptionError(f"{path}: its tables are not those of schema {backup.schema}")
    return backup


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
    with _opened(path) as archive, transaction(connection) as cursor:
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
    with archive.open(_entry(name), "w", force_zip64=True) as entry:
        measured = _Measured(entry)
        cursor.copy_expert(_copy(cursor, name, columns, "TO STDOUT"), measured)
    return TableCopy(name, columns, cursor.rowcount, measured.sha256)


def _restore_table(cursor: Cursor, archive: zipfile.ZipFile, table: TableCopy) -> None:
    with archive.open(_entry(table.name)) as entry:
        measured = _Measured(entry)
        cursor.copy_expert(_copy(cursor, table.name, table.columns, "FROM STDIN"), measured)
    if (cursor.rowcount, measured.sha256) != (table.rows, table.sha256):
        raise OptionError(f"table {table.name}: the backup changed while it was read")


def _copy(cursor: Cursor, name: str, columns: tuple[str, ...], direction: str) -> str:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    words = sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(name), listed)
    return str(words.as_string(cursor))


def _tables(cursor: Cursor, applied: tuple[Migration, ...]) -> list[str]:
    """Tables of the schema, those that others refer to first; migrations have their own."""
    names = _names(applied)
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


def _names(applied: Sequence[Migration]) -> list[str]:
    return [name for kind, name in made_by(applied) if kind == "TABLE" and name not in DERIVED]


def _holds_something(cursor: Cursor) -> bool:
    for name in _names(migrations()):
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


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            # other ways of packing can ask for gigabytes to unpack some bytes
            if any(entry.compress_type not in _PACKED for entry in archive.infolist()):
                raise OptionError(f"{path}: no backup of permq: it is packed in another way")
            yield archive
    except OSError as error:
        raise OptionError(f"{path}: {error.strerror or error}") from None
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError),
        *(NotImplementedError, RuntimeError),  # a way of packing that is not known, or encrypted
    ) as error:
        raise OptionError(f"{path}: no backup of permq, or damaged: {error}") from None


def _manifest(archive: zipfile.ZipFile, path: Path) -> Backup:
    try:
        if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
            raise OptionError(f"{path}: no backup of permq: its manifest is too large")
        given: dict[str, Any] = json.loads(archive.read(_MANIFEST))
        if given.pop("format") != FORMAT:
            raise OptionError(f"{path}: is of another version of permq's backups")
        tables = [
            TableCopy(**{**table, "columns": tuple(table["columns"])})
            for table in given.pop("tables")
        ]
        checksums = tuple(given.pop("checksums"))
        backup = Backup(**given, checksums=checksums, tables=tuple(tables))
        _check_types(backup)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise OptionError(f"{path}: its manifest is damaged: {error}") from None
    return backup


def _check_types(backup: Backup) -> None:
    words: list[object] = [backup.made_at, *backup.checksums]
    counts: list[object] = [backup.schema]
    for table in backup.tables:
        words += [table.name, table.sha256, *table.columns]
        counts.append(table.rows)
    if not all(isinstance(word, str) for word in words):
        raise TypeError("a name or a checksum is no text")
    if not all(type(count) is int and count >= 0 for count in counts):
        raise TypeError("a number of rows or of the schema is none")


def _entry(table: str) -> str:
    return f"tables/{table}.copy"
