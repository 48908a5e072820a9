"""`permq puzzle add`: a puzzle into the pool."""

from pathlib import Path

import click

from permq.cli import options
from permq.cli.output import emit
from permq.cli.servers import data_option


@click.command(name="add")
@options.puzzle_argument
@click.option(
    "--name", metavar="NAME", help="What to call it; by default what the folder's files say."
)
@options.activation_option
@data_option
@options.json_option
def command(
    folder: Path, name: str | None, activation: str | None, data: Path | None, as_json: bool
) -> None:
    """Store the puzzle in DIR in the pool, by what it holds, for every node to work on.

    One that is there already stays; it can be given another name, and the hash of its answer.

    \b
    Example:
      permq puzzle add puzzles/jane-street
      permq puzzle add DIR --name mine
    """
    from permq.cli.puzzle_history import keep_training
    from permq.cli.servers import connected
    from permq.core.loading import load_puzzle
    from permq.pool import puzzles
    from permq.pool.connection import transaction

    puzzle = load_puzzle(folder, activation=activation)
    with connected(data) as connection, transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle, name=name)
        recorded = keep_training(cursor, row, folder)
    emit(
        {
            "name": row.name,
            "fingerprint": row.fingerprint,
            "blocks": row.blocks,
            "rows": row.rows,
            "answer_sha256": row.answer_sha256,
            "added_at": row.added_at.isoformat(),
            "solved_at": row.solved_at.isoformat() if row.solved_at else None,
            "training": recorded,
        },
        as_json=as_json,
        lines=[
            f"name         {row.name}",
            f"fingerprint  {row.fingerprint}",
            *(["training     its record is kept with it"] if recorded else []),
        ],
    )
