"""An embedded Redis (Valkey): kept on disk, with a password, one port on 127.0.0.1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from permq.config import Passwords
from permq.config.addresses import with_password
from permq.encryption import redis_address, redis_refusal
from permq.errors import OptionError
from permq.services import acl
from permq.services.binaries import RedisProgram, find_redis
from permq.services.files import chosen_or_kept, kept_password, private_folder
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
        Holds the append-only file.
    program
        The server.
    passwords
        Of the users of `permq.services.acl`.
    """

    folder: Path
    program: RedisProgram
    passwords: Mapping[str, str] = field(repr=False)

    def url(self, port: int, user: str = acl.ADMIN) -> str:
        """Address for a user, with the password."""
        return with_password(f"redis://{user}@{LOOPBACK}:{port}/0", self.passwords[user])

    def member(self, port: int) -> Member:
        """Describe the server's process.

        Parameters
        ----------
        port
            Where it will listen.
        """
        folder = str(self.folder).replace("\\", "\\\\").replace('"', '\\"')
        lines = (*SETTINGS, f"port {port}", f'dir "{folder}"', *acl.users(self.passwords))
        return Member(
            name=NAME,
            stage=Stage.REDIS,
            # the settings hold passwords' hashes, so they are read from standard input
            command=(str(self.program.path), "-"),
            stdin="".join(f"{line}\n" for line in lines).encode(),
            ready=partial(is_ready, self.url(port)),
        )


def prepare(folder: Path, chosen: Mapping[str, str] | None = None) -> Store:
    """Make a data folder ready.

    Parameters
    ----------
    folder
        Where it is or is to be.
    chosen
        Passwords of users that somebody has chosen; by default those of the environment.

    Raises
    ------
    ServiceError
        When there is no Redis.
    OptionError
        When the folder cannot be made.
    """
    program = find_redis()
    private_folder(folder)
    given = Passwords.of_redis().chosen if chosen is None else chosen
    others = [name for name in acl.RULES if name != acl.ADMIN]
    admin = given.get(acl.ADMIN) or kept_password(folder / "password")
    return Store(folder, program, {acl.ADMIN: admin, **chosen_or_kept(folder, others, given)})


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
