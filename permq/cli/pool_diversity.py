"""`permq pool diversity`: whether the pool has become one solution."""

from pathlib import Path

import click

from permq.cli.output import emit
from permq.cli.pool_options import count_option, pool_options


@click.command(name="diversity")
@count_option(50, "Solutions to compare, the best ones.")
@pool_options
def command(count: int, puzzle: str | None, data: Path | None, as_json: bool) -> None:
    """Show how different the best solutions are, and how many elites jobs can begin with.

    The distance of two solutions is the share of positions at which they run different blocks.

    \b
    Example:
      permq pool diversity
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about, nothing
    from permq.cli.servers import connected
    from permq.pool import settings, solutions
    from permq.pool.connection import transaction
    from permq.pool.elites import elites

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            rows = solutions.top(cursor, found.id, count)
            total = solutions.count(cursor, found.id)
            shares = settings.read_shares(cursor)
            good = elites(cursor, found.id, count=shares.count, distance=shares.distance)
    import numpy as np

    from permq.diagnosis.diversity import diversity

    inputs = np.array([row.arrangement.inputs for row in rows])
    outputs = np.array([row.arrangement.outputs for row in rows])
    distance = diversity(inputs, outputs) if rows else None
    orders = len({row.arrangement.inputs for row in rows})
    pairings = len({frozenset(row.arrangement.pairing.items()) for row in rows})
    lines = nothing(found)
    if rows:
        lines = [
            f"puzzle         {found.label}",
            f"solutions      {total:,}; the best {len(rows)} are compared",
            f"mean distance  {distance:.1%} of the positions",
            f"orders         {orders} different ones of the input layers",
            f"pairings       {pairings} different ones",
            f"elites         {len(good)}, no two nearer than {shares.distance:.0%}",
        ]
    emit(
        {
            **about(found),
            "solutions": total,
            "compared": len(rows),
            "mean_distance": distance,
            "orders": orders,
            "pairings": pairings,
            "elites": [one.solution_id for one in good],
        },
        as_json=as_json,
        lines=lines,
    )
