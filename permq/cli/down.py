"""`permq down`: end a running `permq up`."""

import time
from pathlib import Path

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.servers import data_option
from permq.errors import ServiceError

POLL_SECONDS = 0.05
WAIT_SECONDS = 150.0
"""Longer than workers, Flower, Postgres and Redis may take together."""


@click.command(name="down")
@data_option
@options.json_option
def command(data: Path | None, as_json: bool) -> None:
    """End the `permq up` that runs on a data folder, and wait until it has ended.

    Workers write their checkpoints first. It is no error when nothing runs.

    \b
    Example:
      permq down
    """
    import os
    import signal

    from permq.config import data_folder
    from permq.services.lock import holder

    place = (data_folder() if data is None else data).expanduser().absolute()
    running = holder(place)
    if running is None:
        emit({"data": place, "ended": None}, as_json=as_json, lines=[f"nothing runs on {place}"])
        return
    try:
        os.kill(running.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise ServiceError(f"process {running.pid} belongs to another user: nothing done") from None
    deadline = time.monotonic() + WAIT_SECONDS
    while holder(place) == running:
        if time.monotonic() > deadline:
            raise ServiceError(
                f"process {running.pid} has not ended after {WAIT_SECONDS:g} s; its logs are in "
                f"{place / 'logs'}"
            )
        time.sleep(POLL_SECONDS)
    line = f"ended process {running.pid} on {place}"
    emit({"data": place, "ended": running.pid}, as_json=as_json, lines=[line])
