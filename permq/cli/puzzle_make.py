"""`permq puzzle make`: train a network, drop it, write it as a puzzle with a known answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from permq.cli.options import json_option, seed_option, threads_option
from permq.cli.output import emit
from permq.cli.progress import Progress
from permq.core.dropping.recipe import ACTIVATIONS, OPTIMIZERS, SCHEDULES, Recipe

COUNT = click.IntRange(min=1)
MAYBE_NONE = click.IntRange(min=0)
FROM_ZERO = click.FloatRange(min=0)
ABOVE_ZERO = click.FloatRange(min=0, min_open=True)


def _setting(
    option: str, kind: click.ParamType[Any], text: str, default: str | bool = True
) -> Callable[[Any], Any]:
    """Make the decorator for one setting of the recipe, with the recipe's own default."""
    value = getattr(Recipe, option.lstrip("-").replace("-", "_"))
    return click.option(option, type=kind, default=value, show_default=default, help=text)


@click.command(name="make")
@click.argument("out", type=click.Path(path_type=Path))
@_setting("--blocks", COUNT, "Blocks, L.")
@_setting("--width", COUNT, "Width, d.")
@click.option(
    "--hidden",
    type=COUNT,
    help="Hidden units, h; equal to the width makes square layers.",
    show_default="twice the width",
)
@_setting("--outputs", COUNT, "Outputs, m.")
@_setting("--activation", click.Choice(ACTIVATIONS), "Activation of the hidden units.")
@_setting("--rows", COUNT, "Rows of data written.")
@_setting("--train-rows", MAYBE_NONE, "Rows trained on, those written first.", "rows")
@_setting("--noise", FROM_ZERO, "Noise of the labels, relative to their signal.")
@_setting("--epochs", MAYBE_NONE, "Passes over the training rows.")
@_setting("--batch-size", COUNT, "Rows per step.")
@_setting("--optimizer", click.Choice(OPTIMIZERS), "adam decays by gradient, sgd has momentum 0.9.")
@_setting("--lr", ABOVE_ZERO, "Learning rate.")
@_setting("--weight-decay", FROM_ZERO, "Weight decay.")
@_setting("--schedule", click.Choice(SCHEDULES), "Learning rate over time; cosine ends at zero.")
@_setting("--out-scale", ABOVE_ZERO, "Factor on the initial output layers; 0.1 is a small start.")
@_setting("--pred-noise", FROM_ZERO, "Damage: Gaussian noise on pred, relative to its spread.")
@click.option(
    "--half",
    is_flag=True,
    help="Damage: round the weights to float16; pred comes from the rounded network.",
)
@click.option(
    "--history",
    is_flag=True,
    help="Record the training in OUT/history.npz, for the figures emergence, layer_drift and "
    "representation.",
)
@seed_option
@threads_option
@json_option
def command(
    out: Path,
    width: int,
    hidden: int | None,
    history: bool,
    threads: int,
    as_json: bool,
    **settings: Any,
) -> None:
    """Train a residual network on synthetic data and drop it into the new folder OUT.

    OUT gets the layout of a puzzle (pieces/, historical_data.csv), puzzle.toml with the hash of
    the answer and how it was made, and the answer itself in answer.txt. On one thread the same
    options give the same puzzle.

    \b
    Example:
      permq puzzle make small --blocks 8 --width 16 --epochs 200 --seed 1
    """
    # a recipe that cannot be is refused before torch takes its second to come in
    recipe = Recipe(width=width, hidden=hidden or 2 * width, **settings)
    from permq.core.dropping.writing import HISTORY_NAME, make
    from permq.history.recording import recording

    with Progress("training", recipe.epochs, quiet=as_json) as bar:
        made = make(
            recipe,
            out,
            threads=threads,
            progress=lambda epoch, loss: bar.update(epoch, f"loss {loss:.3g}"),
            recording=recording(recipe.epochs) if history else None,
        )
    pieces = 2 * recipe.blocks + 1
    emit(
        {
            "path": made.path,
            "pieces": pieces,
            "rows": recipe.rows,
            "loss": made.loss,
            "mse_true": made.mse_true,
            "mse_pred": made.mse_pred,
            "sha256": made.answer.sha256,
            "history": made.path / HISTORY_NAME if history else None,
        },
        as_json=as_json,
        lines=[
            f"{made.path}: {pieces} pieces, {recipe.rows:,} rows",
            f"training loss: {made.loss:.4g}",
            f"MSE of pred against true: {made.mse_true:.4g}",
            f"MSE of the answer against pred: {made.mse_pred:.3g}",
            f"answer: sha256 {made.answer.sha256}, written to answer.txt",
            *([f"training: recorded in {HISTORY_NAME}"] if history else []),
        ],
    )
