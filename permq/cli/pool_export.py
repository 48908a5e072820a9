"""`permq pool export`: solutions as a file."""

from pathlib import Path

import click

from permq.cli.options import Destination
from permq.cli.output import emit, whole_file
from permq.cli.pool_options import pool_options


@click.command(name="export")
@click.argument("file", metavar="FILE", type=Destination())
@click.option(
    "--count",
    type=click.IntRange(min=1),
    metavar="N",
    show_default="all",
    help="Solutions to write at most, the best first.",
)
@pool_options
def command(
    file: Path, count: int | None, puzzle: str | None, data: Path | None, as_json: bool
) -> None:
    """Write solutions to FILE: .csv, .json or .parquet, the best first.

    Parquet needs pyarrow: pip install 'permq[parquet]'.

    \b
    Example:
      permq pool export solutions.csv
      permq pool export best.json --count 100
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about, nothing
    from permq.cli.servers import connected
    from permq.pool import exchange
    from permq.pool.connection import transaction

    form = exchange.format_of(file)
    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor, whole_file(file) as temporary:
            written = exchange.write(cursor, found.id, temporary, count)
    emit(
        {**about(found), "path": file, "format": form, "solutions": written},
        as_json=as_json,
        lines=[
            f"{file}: {written} {'solution' if written == 1 else 'solutions'} of {found.label}"
            if written
            else nothing(found)[0]
        ],
    )
