"""`permq cascade`: swaps until none improves."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from permq.cli import options
from permq.cli.lock import lock_option, within

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.search.problem import Result


@click.command(name="cascade")
@options.search_options(
    start="greedy-by-state", rows=256, steps=100, step="Rounds over all swaps, at most."
)
@click.option("--reach", type=int, metavar="N", help="Largest distance of a swap.")
@click.option(
    "--layers",
    type=click.Choice(["both", "input", "output"]),
    default="both",
    show_default=True,
    help="What is swapped: whole blocks, or one kind of layer, which re-pairs.",
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
    reach: int | None,
    layers: Any,
    lock: frozenset[int],
) -> int:
    """Swap: all pairs of positions, the improving swaps made, until none improves.

    Every round evaluates all swaps exactly and makes those that improve and do not overlap, the
    best first. The result is one that no swap improves, on the rows searched.

    \b
    Example:
      permq cascade DIR --from answer.txt --out better.txt
      permq cascade DIR --from answer.txt --layers output --lock 0-3
    """
    from permq.cli.search_command import Request, run_search
    from permq.search.cascade import CascadeSettings, cascade

    settings = CascadeSettings(rounds=steps, reach=reach, layers=layers)
    request = Request(folder, start, pairs, rows, None, seed, activation, out, as_json)

    def search(begin: "Start") -> "Result":
        return cascade(
            begin.problem,
            begin.inp,
            begin.out,
            settings,
            seed,
            locked=within(lock, begin.puzzle.blocks),
            report=begin.report,
            stop=begin.stop,
        )

    return run_search("cascade", request, search)
