"""`permq worker`: this machine as a node of the fleet."""

import click

from permq.cli.worker_drain import command as drain
from permq.cli.worker_start import command as start


@click.group(name="worker")
def command() -> None:
    """Make this machine a node, and take it out again.

    \b
    Example:
      permq worker start --name bmasass --slots 8
      permq worker drain bmasass
    """


command.add_command(start)
command.add_command(drain)
