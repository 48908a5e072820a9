"""`permq refine`: descend by the moves that the adjoint ranks best."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.places import places
from permq.errors import OptionError

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.search.problem import Result


@click.command(name="refine")
@options.search_options(start="greedy-by-state", rows=256, steps=200, step="Rounds to run.")
@click.option("--repair", is_flag=True, help="Let layers change their partners too.")
@click.option("--sample", type=int, default=64, show_default=True, help="Rows that rank moves.")
@click.option("--tries", type=int, default=40, show_default=True, help="Moves evaluated a round.")
@click.option(
    "--pairs-of-moves",
    type=int,
    default=300,
    show_default=True,
    help="Pairs of moves evaluated when no single one improves; 0 leaves them out.",
)
@click.option("--reach", type=int, help="Greatest distance of a move's two positions.")
@click.option("--lock", callback=places, metavar="0-3,7", help="Positions whose blocks stay.")
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
    repair: bool,
    sample: int,
    tries: int,
    pairs_of_moves: int,
    reach: int | None,
    lock: frozenset[int],
) -> int:
    """Refine an arrangement by adjoint-screened moves.

    Each round ranks all swaps and insertions (with --repair also re-pairings) by one forward and
    one backward pass, evaluates the best exactly and keeps what improves. It ends at a local
    optimum or after --steps rounds. The exit status is 0 when the search ran, solved or not.

    \b
    Example:
      permq refine DIR --from output-norm --pairs trace
      permq refine DIR --from answer.txt --repair --out better.txt
    """
    from permq.cli.search_command import Request, run_search

    def search(begin: "Start") -> "Result":
        from permq.search.adjoint.refine import RefineSettings, refine

        if any(position >= begin.puzzle.blocks for position in lock):
            raise OptionError(f"--lock: positions run from 0 to {begin.puzzle.blocks - 1}")
        settings = RefineSettings(
            rounds=steps,
            sample=sample,
            tries=tries,
            pairs=pairs_of_moves,
            reach=reach,
            repair=repair,
        )
        return refine(
            begin.problem,
            begin.inp,
            begin.out,
            settings,
            seed,
            locked=lock,
            report=begin.report,
            stop=begin.stop,
        )

    request = Request(folder, start, pairs, rows, steps, seed, activation, out, as_json)
    return run_search("refine", request, search)
