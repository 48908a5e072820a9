"""`permq cancel`: jobs are called off."""

from pathlib import Path
from typing import Unpack

import click

from permq.cli.job_control import Change, steer, steering
from permq.cli.job_options import Words

CHANGE = Change(
    "cancel",
    ("waiting", "ready", "paused", "assigned", "running", "blocked"),
    {"running": "will end within seconds", "else": "cancelled"},
)


@click.command(name="cancel")
@steering(CHANGE)
def command(
    jobs: tuple[int, ...], every: bool, data: Path | None, as_json: bool, **words: Unpack[Words]
) -> None:
    """Call off jobs that have not ended.

    What runs ends within seconds and keeps what it found; what follows it is blocked. `permq retry`
    takes them up again, from their checkpoints.

    \b
    Example:
      permq cancel 17 18
      permq cancel --submission 4
      permq cancel --all
    """
    steer(CHANGE, jobs, every, words, data, as_json)
