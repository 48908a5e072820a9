"""`permq retry`: jobs are taken up again."""

from pathlib import Path
from typing import Unpack

import click

from permq.cli.job_control import Change, steer, steering
from permq.cli.job_options import Words

CHANGE = Change(
    "retry",
    ("failed", "cancelled", "blocked"),
    {"waiting": "waiting for what comes before", "else": "ready"},
)


@click.command(name="retry")
@steering(CHANGE)
def command(
    jobs: tuple[int, ...], every: bool, data: Path | None, as_json: bool, **words: Unpack[Words]
) -> None:
    """Take up jobs again that failed, were cancelled or blocked, from their checkpoints.

    What was blocked because of them waits for them again.

    \b
    Example:
      permq retry 17
      permq retry --state failed
    """
    steer(CHANGE, jobs, every, words, data, as_json)
