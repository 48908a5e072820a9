"""Files that jobs made, as rows: made on any node, fetched from wherever the pool is reached."""

from dataclasses import dataclass
from datetime import datetime

import psycopg2

from permq.errors import OptionError, PoolError
from permq.pool.connection import Cursor, scalar
from permq.pool.queries import load

SUFFIXES = {
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/gif": ".gif",
    "text/html": ".html",
    "text/markdown": ".md",
    "application/json": ".json",
}
"""Media types, and how the names of such files end."""

MAX_CONTENT = 64 << 20
"""Bytes of one file."""


@dataclass(frozen=True)
class Artifact:
    """A file to be stored.

    Parameters
    ----------
    name
        Of the file, without a suffix.
    media_type
        `image/png` and the like.
    content
        Its bytes.
    """

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class ArtifactRow:
    """A file as the pool knows it; its content is read by `content`.

    Parameters
    ----------
    id, puzzle_id, job_id
        Its number, its puzzle's (None where its job has none), and the job's that made it.
    name, kind, media_type
        Its name without a suffix, the kind of job that made it, and what it is.
    size
        Bytes.
    made_at
        When.
    """

    id: int
    puzzle_id: int | None
    job_id: int
    name: str
    kind: str
    media_type: str
    size: int
    made_at: datetime


def store(cursor: Cursor, job: int, artifact: Artifact) -> None:
    """Store what a job made; the same name and type of the same job is replaced.

    Raises
    ------
    OptionError
        When it is too large.
    PoolError
        When there is no such job.
    """
    size = len(artifact.content)
    if size > MAX_CONTENT:
        raise OptionError(
            f"{artifact.name} takes {size:,} bytes; at most {MAX_CONTENT:,} are kept in the pool"
        )
    cursor.execute(
        load("artifacts")["store"],
        {
            "job": int(job),
            "name": artifact.name,
            "media_type": artifact.media_type,
            "content": psycopg2.Binary(artifact.content),
        },
    )
    if cursor.rowcount != 1:
        raise PoolError(f"there is no job {job} in the pool: {artifact.name} was not stored")


def of_job(cursor: Cursor, job: int) -> list[ArtifactRow]:
    """What a job made, in that order."""
    cursor.execute(load("artifacts")["of_job"], {"job": int(job)})
    return [ArtifactRow(*row) for row in cursor.fetchall()]


def newest(cursor: Cursor, puzzle_id: int) -> list[ArtifactRow]:
    """The newest file of every name and type of a puzzle, by name."""
    cursor.execute(load("artifacts")["newest"], {"puzzle": int(puzzle_id)})
    return [ArtifactRow(*row) for row in cursor.fetchall()]


def content(cursor: Cursor, artifact_id: int) -> bytes:
    """The file itself.

    Raises
    ------
    PoolError
        When there is none of this number.
    """
    cursor.execute(load("artifacts")["content"], {"id": int(artifact_id)})
    data = scalar(cursor)
    if data is None:
        raise PoolError(f"there is no file {artifact_id} in the pool")
    return bytes(data)
