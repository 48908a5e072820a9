"""Where the servers are: named by the environment, or those of a running `permq up`."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from permq.config import ServiceSettings
from permq.errors import ServiceError
from permq.services.files import read_record, write_record
from permq.services.lock import holder

NAME = "addresses.json"
OPAQUE = "set in the environment"
"""Shown for an address of which it is not certain where the password stands."""


@dataclass(frozen=True)
class Watch:
    """The page of Flower.

    Parameters
    ----------
    url
        Its address, without a secret.
    user, password
        What it asks for.
    """

    url: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Record:
    """What a running `permq up` writes down for commands on its data folder.

    Parameters
    ----------
    postgres_url, redis_url
        With their passwords: of the schema's owner, and of workers.
    reader_url
        Postgres for those who only read.
    flower
        None where it was not started.
    metrics
        Address of the exporter; None where it was not started.
    dashboard
        Address of the dashboard; None where it was not started.
    """

    postgres_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    reader_url: str = field(repr=False)
    flower: Watch | None = None
    metrics: str | None = None
    dashboard: str | None = None


@dataclass(frozen=True)
class Addresses:
    """Addresses of the servers, with their passwords: never to be printed.

    Parameters
    ----------
    postgres, redis
        None where none is known.
    reader
        Postgres for those who only read; the same where the environment names it.
    """

    postgres: str | None = field(repr=False)
    redis: str | None = field(repr=False)
    reader: str | None = field(default=None, repr=False)

    @property
    def postgres_url(self) -> str:
        """Postgres' address.

        Raises
        ------
        ServiceError
            When none is known.
        """
        return _known(self.postgres, "Postgres", "PERMQ_POSTGRES_URL")

    @property
    def reader_url(self) -> str:
        """Postgres' address for those who only read.

        Raises
        ------
        ServiceError
            When none is known.
        """
        return _known(self.reader, "Postgres", "PERMQ_POSTGRES_URL")

    @property
    def redis_url(self) -> str:
        """Redis' address.

        Raises
        ------
        ServiceError
            When none is known.
        """
        return _known(self.redis, "Redis", "PERMQ_REDIS_URL")


def find(data: Path) -> Addresses:
    """Find the servers.

    Parameters
    ----------
    data
        Folder of a `permq up`, which is asked for what the environment does not say.
    """
    settings = ServiceSettings.read()
    record = running(data)
    return Addresses(
        postgres=settings.postgres_url or (record.postgres_url if record else None),
        redis=settings.redis_url or (record.redis_url if record else None),
        reader=settings.postgres_url or (record.reader_url if record else None),
    )


def running(data: Path) -> Record | None:
    """What the `permq up` of a data folder has written; None where none runs or it is starting."""
    if holder(data) is None:  # a record left behind by one that was killed
        return None
    return read(data / NAME)


def read(path: Path) -> Record | None:
    """Read what `save` wrote; None for half of it, or anything else."""
    match read_record(path):
        case {
            "postgres_url": str(postgres),
            "redis_url": str(redis),
            "reader_url": str(reader),
            "flower": flower,
            "metrics": str() | None as metrics,
            "dashboard": str() | None as dashboard,
        }:
            return Record(postgres, redis, reader, _watch(flower), metrics, dashboard)
    return None


def save(data: Path, record: Record) -> None:
    """Write a record for `running`; the caller holds the folder's lock."""
    write_record(data / NAME, asdict(record))


def forget(data: Path) -> None:
    """Remove the record."""
    (data / NAME).unlink(missing_ok=True)


def shown(url: str) -> str:
    """An address without user and password, to be printed."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # several hosts, or a password that is not encoded
        return OPAQUE
    # libpq's `key=value` words, a socket, or what would not show
    if not parts.hostname or "@" in parts.path or not url.isprintable():
        return OPAQUE
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _watch(flower: object) -> Watch | None:
    match flower:
        case {"url": str(url), "user": str(user), "password": str(password)}:
            return Watch(url, user, password)
    return None


def _known(url: str | None, server: str, variable: str) -> str:
    if url is None:
        raise ServiceError(f"no {server} is known: start one with `permq up`, or set {variable}")
    return url
