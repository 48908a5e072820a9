"""One `permq up` to a data folder: a lock that its process holds and that dies with it."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from permq.errors import ServiceError
from permq.faults import fault_point
from permq.services.files import private_folder, read_record
from permq.services.processes import identity

NAME = "lock"
TRIES = 10
PAUSE = 0.02


@dataclass(frozen=True)
class Holder:
    """The `permq up` of a data folder.

    Parameters
    ----------
    pid
        Its process.
    """

    pid: int


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold a data folder for the duration of the block.

    Parameters
    ----------
    data
        The folder; made where it is not there.

    Raises
    ------
    ServiceError
        When another process holds it; the message says which one and how to end it.
    OptionError
        When the folder cannot be written to.
    """
    path = private_folder(data) / NAME
    # not for members: the lock shall go with this process
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _take(handle, data)
        fault_point("lock-taken")
        record = {"pid": os.getpid(), "identity": identity(os.getpid())}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(record).encode(), 0)
        fault_point("lock-written")
        yield
        os.ftruncate(handle, 0)
        fault_point("lock-emptied")
    finally:
        os.close(handle)


def _take(handle: int, data: Path) -> None:
    for _ in range(TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)  # it may be no more than somebody looking, see `holder`
        else:
            return
    running = holder(data)
    who = f" (process {running.pid})" if running else ""
    raise ServiceError(
        f"permq up runs on {data} already{who}: end it with `permq down --data {data}`, or give "
        "another --data"
    )


def holder(data: Path) -> Holder | None:
    """Find the process that holds a data folder; None where none does."""
    path = data / NAME
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        record = read_record(path)
        pid = record.get("pid")
        # written a moment after the lock was taken
        if isinstance(pid, int) and record.get("identity") == identity(pid):
            return Holder(pid)
        return None
    finally:
        os.close(handle)
    return None
