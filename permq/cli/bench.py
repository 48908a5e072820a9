"""`permq bench`: solvers compared on networks of known answers."""

import click

from permq.cli.bench_list import command as list_
from permq.cli.bench_run import command as run
from permq.cli.bench_views import command as views


@click.group(name="bench")
def command() -> None:
    """Compare solvers on networks of known answers, as jobs of the fleet.

    \b
    Example:
      permq bench run quick --wait
      permq bench views --out views
    """


for each in (run, list_, views):
    command.add_command(each)
