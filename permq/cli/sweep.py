"""`permq sweep`: all combinations of doubtful exchanges."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from permq.cli import options
from permq.cli.lock import lock_option, within
from permq.cli.places import places
from permq.errors import OptionError

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.search.problem import Result


@click.command(name="sweep")
@options.search_options(
    start="greedy-by-state", rows=256, step="Combinations to try, at most; all by default."
)
@click.option(
    "--count",
    type=click.IntRange(0, 40),
    default=10,
    show_default=True,
    metavar="K",
    help="Doubtful exchanges to find; all 2^K combinations of them are tried.",
)
@click.option(
    "--doubt",
    default="cost",
    show_default=True,
    metavar="cost|METHOD",
    help="What finds them: the cost of each exchange, or a pairing method that minds it least.",
)
@click.option(
    "--positions", callback=places, metavar="12-19,22", help="Find them among these positions only."
)
@click.option(
    "--exchange",
    "named",
    multiple=True,
    type=(int, int),
    metavar="I J",
    help="An exchange of positions I and J (repeat for several); none are looked for then.",
)
@click.option(
    "--layers",
    type=click.Choice(["output", "input", "both"]),
    default="output",
    show_default=True,
    help="What is exchanged: one kind of layer, which re-pairs, or whole blocks.",
)
@click.option(
    "--part",
    default="1/1",
    show_default=True,
    metavar="I/N",
    help="Try only part I of N; all parts together cover every combination once.",
)
@lock_option
def command(
    folder: Path,
    start: str,
    pairs: str | None,
    rows: int | None,
    steps: int | None,
    seed: int,
    activation: str | None,
    threads: int,
    out: Path | None,
    as_json: bool,
    count: int,
    doubt: str,
    positions: frozenset[int],
    named: tuple[tuple[int, int], ...],
    layers: Any,
    part: str,
    lock: frozenset[int],
) -> int:
    """Sweep all 2^K combinations of K doubtful exchanges.

    An exchange lets two blocks give each other their output layers; a combination makes some of
    the exchanges and leaves the others.

    \b
    Example:
      permq sweep DIR --from answer.txt --count 12 --doubt trace
      permq sweep DIR --from answer.txt --exchange 3 9 --exchange 12 40
      permq sweep DIR --from answer.txt --count 20 --part 2/8
    """
    from permq.cli.search_command import Request, run_search
    from permq.search.sweep import SweepSettings, sweep

    which, of = parts(part)
    SweepSettings(named, layers, which, of, steps)  # complains before anything is loaded
    request = Request(folder, start, pairs, rows, None, seed, activation, out, as_json)
    facts: dict[str, object] = {}

    def search(begin: "Start") -> "Result":
        locked = within(lock, begin.puzzle.blocks)
        exchanges = named
        if not named:
            among = within(positions, begin.puzzle.blocks, "--positions")
            everywhere = frozenset(range(begin.puzzle.blocks))
            outside = everywhere - (among or everywhere)
            exchanges = doubtful(begin, doubt, count, layers, locked | outside)
        settings = SweepSettings(exchanges, layers, which, of, steps)
        facts.update(exchanges=settings.exchanges, part=f"{which}/{of}")
        return sweep(
            begin.problem,
            begin.inp,
            begin.out,
            settings,
            seed,
            locked=locked,
            report=begin.report,
            stop=begin.stop,
        )

    return run_search("sweep", request, search, facts)


def parts(text: str) -> tuple[int, int]:
    """Read `I/N`."""
    which, _, of = text.partition("/")
    if not (which.isascii() and which.isdigit() and of.isascii() and of.isdigit()):
        raise OptionError(f"--part {text}: not of the form 2/8")
    return int(which), int(of)


def doubtful(
    begin: "Start", doubt: str, count: int, layers: Any, locked: frozenset[int]
) -> tuple[tuple[int, int], ...]:
    """Find doubtful exchanges by cost or by a pairing method."""
    from permq.pairing.registry import SCORES
    from permq.search.doubtful import doubtful_by_cost, doubtful_by_score

    if doubt == "cost":
        return doubtful_by_cost(
            begin.problem,
            begin.inp,
            begin.out,
            count,
            layers=layers,
            locked=locked,
            stop=begin.stop,
        )
    if doubt not in SCORES:
        raise OptionError(f"--doubt {doubt}: choose cost, {', '.join(SCORES)}")
    cost = SCORES[doubt].cost(begin.puzzle)
    return doubtful_by_score(cost, begin.inp, begin.out, count, locked=locked)
