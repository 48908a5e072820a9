"""The file of a backup: what it holds, and whether it is whole.

It is a zip archive: `manifest.json` names the schema and every table with its columns, rows and
checksum; `tables/<name>.copy` is what Postgres' COPY wrote, all from one snapshot.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from permq.errors import OptionError, SchemaError
from permq.pool.migrate import Migration, made_by, migrations

FORMAT = "permq backup 1"
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 20
_DEFLATE = 6
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
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


class Measured:
    """A file that COPY writes to or reads from, with a checksum of what went through.

    Parameters
    ----------
    file
        The file.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of all that went through so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        """Write on."""
        self._digest.update(data)
        return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._file.read(size)
        self._digest.update(data)
        return data


@contextmanager
def written(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup to write it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_DEFLATE) as archive:
        yield archive


def seal(archive: zipfile.ZipFile, backup: Backup) -> None:
    """Write the manifest, when all tables are written."""
    archive.writestr(_MANIFEST, json.dumps({"format": FORMAT, **asdict(backup)}, indent=1))


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup to read it; whatever is wrong with it is an `OptionError`."""
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


def inspect(path: Path) -> Backup:
    """Read a backup through and check every byte of it.

    Raises
    ------
    OptionError
        When it is no backup, or damaged.
    SchemaError
        When its schema is newer than this software, or another.
    """
    with opened(path) as archive:
        backup = _manifest(archive, path)
        for table in backup.tables:
            with archive.open(entry_of(table.name)) as entry:
                measured = Measured(entry)
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
    wanted = sorted(table_names(known[: backup.schema]))
    if sorted(table.name for table in backup.tables) != wanted:
        raise OptionError(f"{path}: its tables are not those of schema {backup.schema}")
    return backup


def table_names(applied: Sequence[Migration]) -> list[str]:
    """Tables that a backup of a schema of these migrations holds."""
    return [name for kind, name in made_by(applied) if kind == "TABLE" and name not in DERIVED]


def entry_of(table: str) -> str:
    """Name of a table's copy within the archive."""
    return f"tables/{table}.copy"


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
