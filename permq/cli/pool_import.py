"""`permq pool import`: solutions from a file."""

from pathlib import Path

import click

from permq.cli.output import emit
from permq.cli.pool_options import pool_options


@click.command(name="import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@pool_options
def command(file: Path, puzzle: str | None, data: Path | None, as_json: bool) -> None:
    """Add the solutions of FILE to the pool: .csv, .json or .parquet.

    Every row needs an answer (or a permutation); method and node are taken over. Costs and hashes
    are computed anew. All rows are added or, where one cannot be, none.

    \b
    Example:
      permq pool import solutions.csv --puzzle jane-street
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about
    from permq.cli.servers import connected
    from permq.pool import exchange, puzzles
    from permq.pool.connection import transaction
    from permq.pool.content import unpack

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        listed = exchange.read(file, found.fingerprint)
        with transaction(connection) as cursor:
            whole = unpack(puzzles.content(cursor, found.id))
        checked = list(exchange.check_all(whole, listed, file))
        with transaction(connection) as cursor:
            done = exchange.store(cursor, found.id, listed, checked)
    known = done.read - done.new
    emit(
        {
            **about(found),
            "path": file,
            "solutions": done.read,
            "new": done.new,
            "known": known,
            "solved": done.solved,
        },
        as_json=as_json,
        lines=[
            f"{done.read} solutions of {found.label}: {done.new} new, {known} known already",
            *(["the answer is among them"] if done.solved else []),
        ],
    )
