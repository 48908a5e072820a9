"""`permq pause`: jobs are held back."""

from pathlib import Path
from typing import Unpack

import click

from permq.cli.job_control import Change, steer, steering
from permq.cli.job_options import Words

CHANGE = Change(
    "pause",
    ("waiting", "ready", "assigned", "running"),
    {"running": "will be paused within seconds", "else": "paused"},
)


@click.command(name="pause")
@steering(CHANGE)
def command(
    jobs: tuple[int, ...], every: bool, data: Path | None, as_json: bool, **words: Unpack[Words]
) -> None:
    """Hold jobs back until they are resumed.

    What runs saves where it is and frees its node.

    \b
    Example:
      permq pause 17
      permq pause --kind anneal
    """
    steer(CHANGE, jobs, every, words, data, as_json)
