"""Telling the nodes of new work, from the command line."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli.servers import broker_url
from permq.errors import ServiceError

if TYPE_CHECKING:
    from permq.fleet.producer import Letter


def deliver(letters: "Sequence[Letter]", data: Path | None, *, as_json: bool) -> int:
    """Send letters; where Redis is away that is said, and nothing else is lost than seconds.

    Parameters
    ----------
    letters
        What the committed transaction has written.
    data
        Data folder of `permq up`; None for what the environment says.
    as_json
        Whether the warning is JSON.

    Returns
    -------
    int
        How many were sent.
    """
    if not letters:  # Celery need not load
        return 0
    from permq.fleet.producer import send, sender

    try:
        return send(sender(broker_url(data)), letters)
    except ServiceError as error:
        warn(str(error), as_json=as_json)
        return 0


def warn(text: str, *, as_json: bool) -> None:
    """Print a warning on standard error, as one line."""
    click.echo(json.dumps({"warning": text}) if as_json else f"permq: warning: {text}", err=True)
