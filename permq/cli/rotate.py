"""`permq rotate`: three-way rotations until none improves."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from permq.cli import options
from permq.cli.lock import lock_option, within

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.search.problem import Result


@click.command(name="rotate")
@options.search_options(
    start="greedy-by-state", rows=256, steps=100, step="Rounds over all rotations, at most."
)
@click.option(
    "--span", type=int, metavar="N", help="Largest distance of the first of three from the last."
)
@click.option(
    "--layers",
    type=click.Choice(["both", "input", "output"]),
    default="both",
    show_default=True,
    help="What is rotated: whole blocks, or one kind of layer, which re-pairs.",
)
@lock_option
def command(
    folder: Path,
    start: str,
    pairs: str | None,
    rows: int | None,
    steps: int,
    seed: int,
    activation: str | None,
    threads: int,
    out: Path | None,
    as_json: bool,
    span: int | None,
    layers: Any,
    lock: frozenset[int],
) -> int:
    """Rotate: all triples of positions in both directions, until no rotation improves.

    It finishes answers that no swap improves any more. Every round evaluates all rotations exactly
    (34,592 of 48 blocks) and makes those that improve and do not overlap, the best first; with
    --span only those of near positions.

    \b
    Example:
      permq rotate DIR --from answer.txt --out better.txt
      permq rotate DIR --from answer.txt --span 5
    """
    from permq.cli.search_command import Request, run_search
    from permq.search.rotations import RotationSettings, rotations

    settings = RotationSettings(rounds=steps, span=span, layers=layers)
    request = Request(folder, start, pairs, rows, None, seed, activation, out, as_json)

    def search(begin: "Start") -> "Result":
        return rotations(
            begin.problem,
            begin.inp,
            begin.out,
            settings,
            seed,
            locked=within(lock, begin.puzzle.blocks),
            report=begin.report,
            stop=begin.stop,
        )

    return run_search("rotate", request, search)
