"""`permq puzzle list`: the puzzles of the pool."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.servers import data_option

if TYPE_CHECKING:
    from permq.pool.puzzles import PuzzleRow


NONE = "there is no puzzle in the pool yet: permq puzzle add DIR"


@click.command(name="list")
@data_option
@options.json_option
def command(data: Path | None, as_json: bool) -> None:
    """Show the puzzles of the pool, the newest, which is everywhere the default, first.

    \b
    Example:
      permq puzzle list
    """
    from permq.cli.servers import connected
    from permq.pool import puzzles
    from permq.pool.connection import transaction

    with connected(data) as connection, transaction(connection) as cursor:
        rows = puzzles.listing(cursor)
    emit(
        {
            "puzzles": [
                {
                    "name": row.name,
                    "fingerprint": row.fingerprint,
                    "activation": row.activation,
                    "blocks": row.blocks,
                    "width": row.width,
                    "hidden": row.hidden,
                    "outputs": row.outputs,
                    "rows": row.rows,
                    "answer_sha256": row.answer_sha256,
                    "added_at": row.added_at.isoformat(),
                    "solved_at": row.solved_at.isoformat() if row.solved_at else None,
                }
                for row in rows
            ]
        },
        as_json=as_json,
        lines=_lines(rows)
        if rows
        else ["there is no puzzle in the pool yet: permq puzzle add DIR"],
    )


def _lines(rows: "Sequence[PuzzleRow]") -> Iterator[str]:
    wide = max(4, *(len(row.name) for row in rows))
    yield f"{'name':{wide}}  {'fingerprint':12}{'blocks':>8}{'rows':>9}  state"
    for row in rows:
        state = f"solved {row.solved_at:%Y-%m-%d %H:%M:%S %Z}" if row.solved_at else "open"
        yield f"{row.name:{wide}}  {row.fingerprint[:12]}{row.blocks:>8}{row.rows:>9,}  {state}"
