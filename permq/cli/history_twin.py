"""`permq history twin`: a network of a puzzle's shape, trained and recorded here and now."""

from pathlib import Path
from typing import Any

import click

from permq.cli.options import seed_option
from permq.cli.output import emit
from permq.cli.pool_options import pool_options

SHOWN = 5


@click.command(name="twin")
@click.option(
    "--epochs",
    type=click.IntRange(1, 10_000),
    metavar="N",
    default=12,
    show_default=True,
    help="Passes over the rows.",
)
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    metavar="N",
    default=1000,
    show_default=True,
    help="Rows of the puzzle's data to train on.",
)
@click.option(
    "--lr",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="RATE",
    default=2e-3,
    show_default=True,
    help="Learning rate.",
)
@seed_option
@pool_options
def command(
    epochs: int,
    rows: int,
    lr: float,
    seed: int,
    puzzle: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Train a network of the puzzle's shape on its data, and keep how its scores emerge.

    How a given puzzle was trained, nobody recorded; its twin shows when scores such as the trace
    begin to tell right from wrong pairs in such a network. The figures emergence, layer_drift and
    representation draw it. `permq submit twin` does the same as a job.

    \b
    Example:
      permq history twin --puzzle jane-street
      permq figures emergence layer_drift representation
    """
    from permq.cli.pool_puzzle import resolve
    from permq.cli.pool_rows import about
    from permq.cli.progress import Progress
    from permq.cli.servers import connected
    from permq.history.training import emerged
    from permq.history.twin import Twin, TwinSettings
    from permq.pool import history, puzzles
    from permq.pool.connection import transaction
    from permq.pool.content import unpack

    with connected(data) as connection:
        found = resolve(connection, puzzle)
        with transaction(connection) as cursor:
            content = puzzles.content(cursor, found.id)
        twin = Twin(unpack(content), TwinSettings(epochs, rows, lr, seed))
        with Progress("twin", twin.units, quiet=as_json) as progress:
            twin.advance(lambda: False, progress.update)
        record = twin.record()
        with transaction(connection) as cursor:
            history.keep_twin(cursor, found.id, record.pack(), twin.facts(), job_id=None)
    told = emerged(record)
    emit(
        {**about(found), **twin.facts(), "loss": float(record.loss[-1]), "emerged": told},
        as_json=as_json,
        lines=[
            f"puzzle     {found.label}",
            f"twin       {record.blocks} blocks, {twin.recipe.rows:,} rows, labels {twin.labels}",
            f"loss       {record.loss[0]:.4g} → {record.loss[-1]:.4g} in {epochs:,} epochs",
            *(f"{_when(one)}" for one in told[:SHOWN]),
        ],
    )


def _when(one: dict[str, Any]) -> str:
    tells = "never" if one["epoch"] is None else f"from epoch {one['epoch']}"
    return f"emergence  {one['score']}: {tells} (at best {one['auc']:.3f})"
