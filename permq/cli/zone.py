"""`permq zone`: search uncertain positions only."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.lock import lock_option, within
from permq.cli.places import places
from permq.cli.solutions import read_solutions, solutions_option
from permq.errors import OptionError

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.search.problem import Result


@click.command(name="zone")
@options.search_options(
    start="greedy-by-state", rows=256, steps=20_000, step="Steps of the annealing of a large zone."
)
@click.option(
    "--positions", callback=places, metavar="12-19,22", help="The zone itself, by position."
)
@solutions_option
@click.option(
    "--below",
    type=click.FloatRange(0, 1),
    default=0.8,
    show_default=True,
    metavar="SHARE",
    help="Positions are uncertain where fewer of the solutions agree.",
)
@click.option(
    "--trials",
    type=int,
    default=50_000,
    show_default=True,
    metavar="N",
    help="Orders up to which all are tried; a zone with more is annealed.",
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
    positions: frozenset[int],
    solutions: tuple[str, ...],
    below: float,
    trials: int,
    lock: frozenset[int],
) -> int:
    """Search the uncertain positions with all others locked and all pairs kept.

    Uncertain are the positions given, or those on which the solutions given disagree.

    \b
    Example:
      permq zone DIR --from answer.txt --positions 12-19
      permq zone DIR --from answer.txt --solution pool.txt --below 0.6
    """
    from permq.cli.search_command import Request, run_search
    from permq.diagnosis.agreement import agreement
    from permq.search.zone import ZoneSettings, zone

    if bool(positions) == bool(solutions):
        raise OptionError("a zone needs either --positions or --solution")
    request = Request(folder, start, pairs, rows, steps, seed, activation, out, as_json)
    facts: dict[str, object] = {}

    def search(begin: "Start") -> "Result":
        zoned = within(positions, begin.puzzle.blocks, "--positions")
        if solutions:
            agreed = agreement(read_solutions(begin.puzzle, solutions))
            zoned = frozenset(agreed.uncertain(below).tolist())
        facts["positions"] = sorted(zoned)
        return zone(
            begin.problem,
            begin.inp,
            begin.out,
            ZoneSettings(tuple(sorted(zoned)), trials=trials, steps=steps),
            seed,
            locked=within(lock, begin.puzzle.blocks),
            report=begin.report,
            stop=begin.stop,
        )

    return run_search("zone", request, search, facts)
