"""`permq pool`: what the fleet has found."""

import click

from permq.cli.pool_agreement import command as agreement
from permq.cli.pool_best import command as best
from permq.cli.pool_diversity import command as diversity
from permq.cli.pool_export import command as export
from permq.cli.pool_import import command as import_
from permq.cli.pool_lineage import command as lineage
from permq.cli.pool_top import command as top


@click.group(name="pool")
def command() -> None:
    """Look at the solutions that were found, and carry them from file to pool and back.

    \b
    Example:
      permq pool best
      permq pool export solutions.csv --puzzle jane-street
    """


for each in (agreement, best, diversity, export, import_, lineage, top):
    command.add_command(each)
