"""`permq pool lineage`: what a solution was made from."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli.output import emit
from permq.cli.pool_options import pool_options

if TYPE_CHECKING:
    from permq.pool.solutions import Find, SolutionRow


@click.command(name="lineage")
@click.argument("solution", metavar="[SOLUTION]", required=False)
@pool_options
def command(solution: str | None, puzzle: str | None, data: Path | None, as_json: bool) -> None:
    """Follow a solution back to the one it all began with, with every time each was found.

    SOLUTION is a number or the beginning of a hash; the best one by default.

    \b
    Example:
      permq pool lineage
      permq pool lineage 17
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about, facts, nothing
    from permq.cli.servers import connected
    from permq.pool import solutions
    from permq.pool.connection import transaction

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            if solution is None:
                first = solutions.best(cursor, found.id)
            else:
                first = solutions.find_solution(cursor, found.id, solution)
            rows = solutions.lineage(cursor, first.id) if first else []
            finds = solutions.finds(cursor, [row.id for row in rows])
    emit(
        {
            **about(found),
            "lineage": [
                {
                    **facts(row),
                    "finds": [
                        {
                            "node": find.node,
                            "method": find.method,
                            "job": find.job_id,
                            "slice": find.slice,
                            "found_at": find.found_at.isoformat(),
                        }
                        for find in finds
                        if find.solution_id == row.id
                    ],
                }
                for row in rows
            ],
        },
        as_json=as_json,
        lines=_lines(rows, finds) if rows else nothing(found),
    )


def _lines(rows: "Sequence[SolutionRow]", finds: "Sequence[Find]") -> Iterator[str]:
    from permq.cli.pool_rows import origin

    for row in rows:
        times = sum(find.solution_id == row.id for find in finds)
        again = f", found {times} times" if times > 1 else ""
        yield f"{row.id:>9}{row.cost:>14.6g}  {row.hash[:12]}  {origin(row)}{again}"
