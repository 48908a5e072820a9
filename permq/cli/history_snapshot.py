"""`permq history snapshot`: one snapshot, now."""

from pathlib import Path

import click

from permq.cli.output import emit
from permq.cli.pool_options import pool_options


@click.command(name="snapshot")
@pool_options
def command(puzzle: str | None, data: Path | None, as_json: bool) -> None:
    """Make a snapshot of a puzzle's pool here and now, without a job.

    \b
    Example:
      permq history snapshot --puzzle jane-street
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about
    from permq.cli.servers import connected
    from permq.history.taking import take
    from permq.pool import puzzles
    from permq.pool.connection import transaction
    from permq.pool.content import unpack

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            content = puzzles.content(cursor, found.id)
        taken = take(connection, found.id, unpack(content))
    numbers = taken.snapshot
    drift = "none before" if numbers.drift is None else f"{numbers.drift:.4g} since the last"
    emit(
        {
            **about(found),
            "snapshot": taken.id,
            "solutions": taken.solutions,
            "best_cost": taken.best.cost,
            "median_cost": taken.median_cost,
            **numbers.numbers(),
        },
        as_json=as_json,
        lines=[
            f"puzzle     {found.label}",
            f"snapshot   {taken.id}",
            f"solutions  {taken.solutions:,}",
            f"cost       best {taken.best.cost:.6g}, median {taken.median_cost:.6g}",
            f"locked     {numbers.locked:.0%} of the positions, in the best {numbers.compared}",
            f"diversity  {numbers.diversity:.1%} of the positions differ on average",
            f"geometry   {drift}",
        ],
    )
