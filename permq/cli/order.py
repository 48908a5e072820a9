"""`permq order`: the seeds of the order and what they cost."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.output import emit, write_text
from permq.errors import OptionError

if TYPE_CHECKING:
    from permq.ordering.table import SeedOrder


@click.command(name="order")
@options.puzzle_argument
@options.pairs_option("ensemble")
@click.option(
    "--seed-method",
    "method",
    default="all",
    show_default=True,
    metavar="NAME|quick|all",
    help="One seed of the order, those that take no time, or all.",
)
@options.rows_option(1000)
@options.activation_option
@options.threads_option
@options.out_option("Write the answer of the best seed to this file.")
@options.json_option
def command(
    folder: Path,
    pairs: str,
    method: str,
    rows: int | None,
    activation: str | None,
    threads: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Put the blocks of the puzzle in DIR in order by cheap guesses.

    Every seed is run forwards and backwards and judged by its mean squared error on the rows, the
    first ones of the data. The time is that of the guess alone.

    \b
    Example:
      permq order DIR --pairs trace
      permq order DIR --pairs pairs.npz --seed-method depth-homotopy --out start.txt
    """
    from permq.core.loading import load_puzzle
    from permq.ordering.paired import Paired
    from permq.ordering.registry import SEEDS
    from permq.ordering.table import seed_orders
    from permq.search.start import resolve_pairs, with_roles_of

    names = [name for name, seed in SEEDS.items() if method == "all" or seed.quick]
    if method not in ("all", "quick"):
        if method not in SEEDS:
            known = ", ".join(["all", "quick", *SEEDS])
            raise OptionError(f"no seed named {method!r}; choose {known}")
        names = [method]
    puzzle = with_roles_of(load_puzzle(folder, activation=activation), pairs)
    blocks = Paired.of(puzzle, resolve_pairs(puzzle, pairs), rows)
    found = seed_orders(blocks, names)
    answer = puzzle.arrangement(found[0].inp, found[0].out)
    if out is not None:
        write_text(out, answer.text)
    emit(
        {
            "command": "order",
            "pairs": pairs,
            "rows": len(blocks.x),
            "answer": answer.text,
            "mse": found[0].mse,
            "seeds": [
                {
                    "name": guess.name,
                    "direction": guess.direction,
                    "mse": guess.mse,
                    "seconds": guess.seconds,
                }
                for guess in found
            ],
        },
        as_json=as_json,
        lines=_table(found, len(blocks.x)),
    )


def _table(found: "list[SeedOrder]", rows: int) -> list[str]:
    """Lines for people."""
    return [
        f"{'seed':<26}{'direction':<11}{'mse':>12}{'ms':>10}",
        *(
            f"{guess.name:<26}{guess.direction:<11}{guess.mse:>12.6g}{1e3 * guess.seconds:>10.1f}"
            for guess in found
        ),
        f"mean squared error on {rows:,} rows",
    ]
