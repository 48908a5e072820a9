"""Postgres and Redis of `permq up`: those that the environment names, or started here."""

import time
from collections.abc import Callable
from pathlib import Path

from permq.config import ServiceSettings
from permq.errors import OptionError, ServiceError
from permq.faults import fault_point
from permq.services import postgres, redis
from permq.services.files import write_private
from permq.services.members import Member
from permq.services.ports import LOOPBACK, free_port, is_free
from permq.services.supervisor import InterruptedStartError, Supervisor

TRIES = 5
PAUSE = 0.5


def start_redis(supervisor: Supervisor, data: Path, port: int | None = None) -> str:
    """Start a Redis unless the environment names one. Returns its address.

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
        return named
    store = redis.prepare(data / redis.NAME)
    return store.url(_start(supervisor, store.member, store.folder, port))


def start_postgres(supervisor: Supervisor, data: Path, port: int | None = None) -> str:
    """Start a Postgres unless the environment names one. Returns its address.

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
        return named
    cluster = postgres.prepare(data / postgres.NAME)
    return cluster.url(_start(supervisor, cluster.member, cluster.folder, port))


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
