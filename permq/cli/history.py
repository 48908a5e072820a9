"""`permq history`: how the search learns."""

import click

from permq.cli.history_export import command as export
from permq.cli.history_show import command as show
from permq.cli.history_snapshot import command as snapshot
from permq.cli.history_twin import command as twin


@click.group(name="history")
def command() -> None:
    """Look at how the search learns: snapshots of the pool, made on improvement and by the clock.

    Nodes make them by themselves, every `history.seconds` (permq settings) while jobs run, and a
    pipeline at each of its stages.

    \b
    Example:
      permq history show
      permq history export history.jsonl
    """


for each in (show, export, snapshot, twin):
    command.add_command(each)
