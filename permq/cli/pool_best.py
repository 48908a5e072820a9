"""`permq pool best`: the best solution of a puzzle."""

from pathlib import Path

import click

from permq.cli.output import emit
from permq.cli.pool_options import pool_options


@click.command(name="best")
@pool_options
def command(puzzle: str | None, data: Path | None, as_json: bool) -> None:
    """Show the answer where it is found, else the solution of the least cost.

    \b
    Example:
      permq pool best
      permq pool best --puzzle jane-street --json
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about, facts, meaning, nothing, origin
    from permq.cli.servers import connected
    from permq.pool import solutions
    from permq.pool.connection import transaction

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            row = solutions.best(cursor, found.id)
            finds = len(solutions.finds(cursor, [row.id])) if row else 0
    lines = nothing(found)
    if row is not None:
        lines = [
            f"puzzle    {found.label}",
            f"solution  {row.id}: {meaning(row)}",
            f"mse       {row.cost:.6g}",
            f"sha256    {row.hash}",
            f"found     {finds} {'time' if finds == 1 else 'times'}, first by {origin(row)}",
            f"answer    {row.arrangement.text}",
        ]
    payload = {**about(found), "solution": {**facts(row), "finds": finds} if row else None}
    emit(payload, as_json=as_json, lines=lines)
