"""`permq surgery`: all arrangements of small windows around break points."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.lock import lock_option, within

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.search.problem import Result


@click.command(name="surgery")
@options.search_options(
    start="greedy-by-state", rows=256, steps=2000, step="Windows to try, at most."
)
@click.option(
    "--size",
    type=int,
    default=5,
    show_default=True,
    metavar="K",
    help="Positions of the largest windows; smaller ones come first.",
)
@click.option(
    "--repair/--no-repair",
    default=True,
    show_default=True,
    help="Try re-pairings inside windows once no order improves.",
)
@click.option(
    "--trials",
    type=int,
    default=2000,
    show_default=True,
    metavar="N",
    help="Arrangements of a window, at most; a sample where there are more.",
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
    size: int,
    repair: bool,
    trials: int,
    lock: frozenset[int],
) -> int:
    """Operate: try all arrangements of small windows, the most suspicious places first.

    A place is suspicious where consecutive blocks change the signal in directions that agree less
    than around it. It ends when no window improves.

    \b
    Example:
      permq surgery DIR --from answer.txt --out better.txt
      permq surgery DIR --from answer.txt --size 6 --no-repair --rows 1000
    """
    from permq.cli.search_command import Request, run_search
    from permq.search.surgery import SurgerySettings, surgery

    settings = SurgerySettings(steps=steps, size=size, repair=repair, trials=trials)
    request = Request(folder, start, pairs, rows, steps, seed, activation, out, as_json)

    def search(begin: "Start") -> "Result":
        return surgery(
            begin.problem,
            begin.inp,
            begin.out,
            settings,
            seed,
            locked=within(lock, begin.puzzle.blocks),
            report=begin.report,
            stop=begin.stop,
        )

    return run_search("surgery", request, search)
