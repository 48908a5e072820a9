"""Postgres and Redis of `permq up`: those that the environment names, or started here."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from permq.config import POSTGRES_ROLES, ServiceSettings
from permq.errors import OptionError, ServiceError
from permq.faults import fault_point
from permq.services import acl, postgres, redis
from permq.services.files import write_private
from permq.services.members import Member
from permq.services.ports import LOOPBACK, free_port, is_free
from permq.services.supervisor import InterruptedStartError, Supervisor

TRIES = 5
PAUSE = 0.5


@dataclass(frozen=True)
class PostgresAddresses:
    """Postgres, for the roles of `permq.pool.roles`.

    Parameters
    ----------
    owner, worker, reader
        With their passwords; all alike where the environment names the server.
    admin
        For who makes the roles; None where the environment names the server.
    passwords
        Of the roles, where they are made here.
    """

    owner: str = field(repr=False)
    worker: str = field(repr=False)
    reader: str = field(repr=False)
    admin: str | None = field(default=None, repr=False)
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class RedisAddresses:
    """Redis, for the users of `permq.services.acl`.

    Parameters
    ----------
    worker, flower
        With their passwords; both alike where the environment names the server.
    """

    worker: str = field(repr=False)
    flower: str = field(repr=False)


def start_redis(supervisor: Supervisor, data: Path, port: int | None = None) -> RedisAddresses:
    """Start a Redis unless the environment names one. Returns its addresses.

    Parameters
    ----------
    supervisor
        Who runs it.
    data
        Folder of all data.
    port
        Where it shall listen; None for the port of last time, or any.

    Raises
    ------
    ServiceError
        When there is none, or it does not become ready.
    OptionError
        When the port is taken.
    """
    named = ServiceSettings.read().redis_url
    if named is not None:
        if (why := redis.problem(named)) is not None:
            raise ServiceError(f"the Redis of PERMQ_REDIS_URL is of no use: {why}")
        return RedisAddresses(named, named)
    store = redis.prepare(data / redis.NAME)
    chosen = _start(supervisor, store.member, store.folder, port)
    return RedisAddresses(store.url(chosen, acl.WORKER), store.url(chosen, acl.FLOWER))


def start_postgres(
    supervisor: Supervisor, data: Path, port: int | None = None
) -> PostgresAddresses:
    """Start a Postgres unless the environment names one. Returns its addresses.

    The roles of one that is started here may not be there yet; `permq.pool.roles` makes them.

    Parameters
    ----------
    supervisor
        Who runs it.
    data
        Folder of all data.
    port
        Where it shall listen; None for the port of last time, or any.

    Raises
    ------
    ServiceError
        When there is none, its data is of another version, or it does not become ready.
    OptionError
        When the port is taken.
    """
    named = ServiceSettings.read().postgres_url
    if named is not None:
        return PostgresAddresses(named, named, named)
    cluster = postgres.prepare(data / postgres.NAME)
    chosen = _start(supervisor, cluster.member, cluster.folder, port)
    owner, worker, reader = (cluster.role_url(chosen, role) for role in POSTGRES_ROLES)
    return PostgresAddresses(owner, worker, reader, cluster.url(chosen), cluster.role_passwords())


def _start(
    supervisor: Supervisor, make: Callable[[int], Member], folder: Path, port: int | None
) -> int:
    """Start a server on a port that stays the same from one start to the next, if it is free."""
    if port is not None and not is_free(port):
        raise OptionError(f"port {port} of {LOOPBACK} is taken")
    file = folder / "port"
    tries = 0
    while True:
        chosen = port or free_port(_last_port(file))
        tries += 1
        try:
            supervisor.start(make(chosen))
        except InterruptedStartError:
            raise
        except ServiceError as error:
            # another program was faster at the port, or processes of a killed Postgres are
            # about to notice
            passing = not is_free(chosen) or "shared memory block" in str(error)
            if not passing or tries == TRIES:
                raise
            time.sleep(PAUSE)
        else:
            if chosen != _last_port(file):
                write_private(file, f"{chosen}\n")
            fault_point(f"{folder.name}-port-chosen")
            return chosen


def _last_port(file: Path) -> int:
    """Port of the last start; 0 where there was none."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
