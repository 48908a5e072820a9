"""Files that jobs made, out of the pool into a folder."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from permq.cli.output import whole_file
from permq.errors import MissingDataError

if TYPE_CHECKING:
    from permq.pool.connection import Connection


def fetched(
    connection: "Connection", job: int, out: Path, names: Collection[str] | None = None
) -> list[Path]:
    """Write the files that a job made.

    Parameters
    ----------
    connection
        Outside a transaction.
    job
        Which job.
    out
        Folder; made where there is none.
    names
        Of the files that are wanted, without suffix; None for all.

    Raises
    ------
    MissingDataError
        When the job made no such file.
    OptionError
        When the folder cannot be written.
    """
    from permq.bench.folder import writable
    from permq.pool import artifacts
    from permq.pool.connection import transaction

    with transaction(connection) as cursor:
        rows = [row for row in artifacts.of_job(cursor, job) if names is None or row.name in names]
    if not rows:
        raise MissingDataError(f"job {job} has no such files; permq jobs lists what was done")
    folder = writable(out)
    paths: list[Path] = []
    for row in rows:
        with transaction(connection) as cursor:
            content = artifacts.content(cursor, row.id)
        paths += written(row.name, {row.media_type: content}, folder)
    return paths


def written(name: str, files: Mapping[str, bytes], out: Path) -> Iterator[Path]:
    """Write a file's forms, by media type, one by one."""
    from permq.pool.artifacts import SUFFIXES

    for media_type, content in files.items():
        path = out / f"{name}{SUFFIXES[media_type]}"
        with whole_file(path) as temporary:
            temporary.write_bytes(content)
        yield path
