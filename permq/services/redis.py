"""An embedded Redis (Valkey): kept on disk, with a password, one port on 127.0.0.1."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from permq.encryption import redis_address, redis_refusal
from permq.errors import OptionError
from permq.services.binaries import RedisProgram, find_redis
from permq.services.files import kept_password, private_folder
from permq.services.members import Member, Stage
from permq.services.ports import LOOPBACK

if TYPE_CHECKING:
    from redis import Redis

NAME = "redis"
SECONDS = 5.0
"""So long a client waits for a connection, and for an answer."""

SETTINGS = (
    f"bind {LOOPBACK}",
    "appendonly yes",  # without it a restart loses the queues
    "appendfsync everysec",
    'save ""',  # the append-only file is enough
    "maxmemory-policy noeviction",  # a message must not vanish for want of memory
    "daemonize no",
    'logfile ""',
)


@dataclass(frozen=True)
class Store:
    """A prepared data folder and the program for it.

    Parameters
    ----------
    folder
        Holds the append-only file and `password`.
    program
        The server.
    """

    folder: Path
    program: RedisProgram

    @property
    def password(self) -> str:
        """The password."""
        return (self.folder / "password").read_text(encoding="ascii").strip()

    def url(self, port: int) -> str:
        """Address, with the password."""
        return f"redis://:{self.password}@{LOOPBACK}:{port}/0"

    def member(self, port: int) -> Member:
        """Describe the server's process.

        Parameters
        ----------
        port
            Where it will listen.
        """
        folder = str(self.folder).replace("\\", "\\\\").replace('"', '\\"')
        lines = (*SETTINGS, f"port {port}", f'dir "{folder}"', f"requirepass {self.password}")
        return Member(
            name=NAME,
            stage=Stage.REDIS,
            # the settings hold the password, so they are read from standard input
            command=(str(self.program.path), "-"),
            stdin="".join(f"{line}\n" for line in lines).encode(),
            ready=partial(is_ready, self.url(port)),
        )


def prepare(folder: Path) -> Store:
    """Make a data folder ready.

    Parameters
    ----------
    folder
        Where it is or is to be.

    Raises
    ------
    ServiceError
        When there is no Redis.
    OptionError
        When the folder cannot be made.
    """
    store = Store(folder, find_redis())
    kept_password(private_folder(folder) / "password")
    return store


def client_of(url: str) -> "Redis":
    """Client of a server, encrypted as its address says.

    Parameters
    ----------
    url
        Its address.

    Raises
    ------
    OptionError
        When the address says something about encryption that it cannot mean.
    """
    import redis

    address = redis_address(url)
    return redis.Redis.from_url(
        address.url,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        **(address.tls or {}),
    )


def is_ready(url: str) -> bool:
    """Whether a server answers and has loaded its data."""
    return problem(url) is None


def problem(url: str) -> str | None:
    """Why a server does not answer, on one line; None where it does."""
    import redis

    try:
        with client_of(url) as client:
            client.ping()
    except (redis.RedisError, OptionError) as error:
        told = " ".join(str(error).split())
        return redis_refusal(url, told) or told
    return None
