"""`permq lns`: large neighbourhood search."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.lock import lock_option, within
from permq.cli.solutions import read_solutions, solutions_option

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.search.problem import Result


@click.command(name="lns")
@options.search_options(start="greedy-by-state", rows=256, steps=500, step="Neighbourhoods to try.")
@click.option(
    "--size", type=int, default=5, show_default=True, metavar="K", help="Positions freed at a time."
)
@click.option(
    "--choose",
    type=click.Choice(["mixed", "random", "adjacent", "weighted", "harmful"]),
    default="mixed",
    show_default=True,
    help="Which positions: weighted by the disagreement of --solution, harmful around blocks "
    "without which the cost is low, mixed in turn.",
)
@click.option("--repair", is_flag=True, help="Let output layers change their blocks too.")
@click.option(
    "--trials",
    type=int,
    default=2000,
    show_default=True,
    metavar="N",
    help="Arrangements of a neighbourhood, at most; a sample where there are more.",
)
@solutions_option
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
    size: int,
    choose: str,
    repair: bool,
    trials: int,
    solutions: tuple[str, ...],
    lock: frozenset[int],
) -> int:
    """Free a few positions, keep the best order of what stands there, and again.

    \b
    Example:
      permq lns DIR --from answer.txt --steps 1000 --out better.txt
      permq lns DIR --from answer.txt --size 6 --choose weighted --solution pool.txt
    """
    from permq.cli.search_command import Request, run_search
    from permq.search.neighbourhood import NeighbourhoodSettings, neighbourhood_search

    request = Request(folder, start, pairs, rows, steps, seed, activation, out, as_json)

    def search(begin: "Start") -> "Result":
        from permq.diagnosis.agreement import agreement

        known = read_solutions(begin.puzzle, solutions)
        settings = NeighbourhoodSettings(
            steps=steps,
            size=size,
            choose=choose,
            weights=tuple((1 - agreement(known).share).tolist()) if known else None,
            repair=repair,
            trials=trials,
        )
        return neighbourhood_search(
            begin.problem,
            begin.inp,
            begin.out,
            settings,
            seed,
            locked=within(lock, begin.puzzle.blocks),
            report=begin.report,
            stop=begin.stop,
        )

    return run_search("lns", request, search)
