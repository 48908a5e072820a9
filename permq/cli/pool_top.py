"""`permq pool top`: the best solutions of a puzzle."""

from pathlib import Path

import click

from permq.cli.output import emit
from permq.cli.pool_options import count_option, pool_options


@click.command(name="top")
@count_option(10, "Solutions to show.")
@pool_options
def command(count: int, puzzle: str | None, data: Path | None, as_json: bool) -> None:
    """Show the best solutions, the answer first where it is found.

    \b
    Example:
      permq pool top --count 20
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about, facts, nothing, table
    from permq.cli.servers import connected
    from permq.pool import solutions
    from permq.pool.connection import transaction

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            rows = solutions.top(cursor, found.id, count)
    emit(
        {**about(found), "solutions": [facts(row) for row in rows]},
        as_json=as_json,
        lines=table(rows) if rows else nothing(found),
    )
