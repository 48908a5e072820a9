"""`permq resume`: held jobs go on."""

from pathlib import Path
from typing import Unpack

import click

from permq.cli.job_control import Change, steer, steering
from permq.cli.job_options import Words

CHANGE = Change(
    "resume",
    ("paused", "running"),
    {"running": "running on", "else": "resumed"},
)


@click.command(name="resume")
@steering(CHANGE)
def command(
    jobs: tuple[int, ...], every: bool, data: Path | None, as_json: bool, **words: Unpack[Words]
) -> None:
    """Let paused jobs go on from where they were.

    \b
    Example:
      permq resume 17
      permq resume --all
    """
    steer(CHANGE, jobs, every, words, data, as_json)
