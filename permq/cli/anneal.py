"""`permq anneal`: simulated annealing of an arrangement."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from permq.cli import options
from permq.cli.output import write_text
from permq.cli.places import places
from permq.errors import CheckpointError, OptionError

if TYPE_CHECKING:
    from permq.cli.search_command import Start
    from permq.core.puzzle import Puzzle
    from permq.search.annealing_state import AnnealState
    from permq.search.problem import Problem, Result

SLICE = 1000
"""Steps between two looks at the clock of the checkpoint."""
SAVE_SECONDS = 5.0


@click.command(name="anneal")
@options.search_options(start="random", rows=256, steps=20_000, step="Proposals to make.")
@click.option(
    "--move",
    "moves",
    multiple=True,
    metavar="NAME=WEIGHT",
    help="Weight of a move (repeat for several; moves not named are not made): swap, insertion, "
    "reversal, segment, rotation, input-swap, output-swap.",
)
@click.option(
    "--joint", is_flag=True, help="Search pairs and order together: re-pair too, cool slowly."
)
@click.option("--accept", help="metropolis, greedy, threshold or record.")
@click.option("--schedule", help="geometric, or adaptive (follows a falling acceptance).")
@click.option("--hot", type=float, help="First temperature, in units of the cost.")
@click.option("--cold", type=float, help="Last temperature, in units of the cost.")
@click.option("--heat", type=float, help="First temperature, as a share of the start's cost.")
@click.option("--cooling", type=float, help="Last temperature, as a share of the first.")
@click.option("--far", type=float, help="Reach of moves when hot, as a share of the positions.")
@click.option("--near", type=float, help="Reach of moves when cold, as a share of the positions.")
@click.option("--patience", type=int, help="Reheat after so many steps without a new best.")
@click.option("--reheat", type=float, help="Share of the cooling that a reheating takes back.")
@click.option("--perturbation", type=int, help="Random swaps of blocks before the start.")
@click.option("--lock", callback=places, metavar="0-3,7", help="Positions whose blocks stay.")
@click.option("--anchor", callback=places, metavar="5,8", help="Input pieces whose pairs stay.")
@click.option(
    "--checkpoint",
    type=options.Destination(),
    metavar="FILE",
    help="Keep the state here; where it exists, go on from it, with its settings and seed.",
)
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
    joint: bool,
    moves: tuple[str, ...],
    lock: frozenset[int],
    anchor: frozenset[int],
    checkpoint: Path | None,
    **given: Any,
) -> int:
    """Anneal: make random moves, accept worse ones while hot, cool down.

    The search works on the first rows of the data; the best arrangement found is then verified on
    all. Settings that are not given have defaults that suit a random order with mostly right
    pairs. The exit status is 0 when the search ran, solved or not.

    \b
    Example:
      permq anneal DIR --from random --pairs trace --steps 20000 --seed 3
      permq anneal DIR --from answer.txt --move swap=1 --move output-swap=2 --lock 0-3,44-47
      permq anneal DIR --joint --rows 256 --steps 200000
    """
    from permq.cli.search_command import Request, run_search
    from permq.search.annealing_settings import AnnealSettings
    from permq.search.checkpoint import dumps

    chosen = {name: value for name, value in given.items() if value is not None}
    if moves:
        chosen["moves"] = dict(map(weight, moves))
    base = AnnealSettings.joint(steps) if joint else AnnealSettings(steps=steps)
    settings = replace(base, **chosen)
    request = Request(folder, start, pairs, rows, steps, seed, activation, out, as_json)
    facts: dict[str, object] = {}
    ended: list[tuple[Problem, AnnealState]] = []

    def search(begin: "Start") -> "Result":
        from permq.search import annealing

        if any(position >= begin.puzzle.blocks for position in lock):
            raise OptionError(f"--lock: positions run from 0 to {begin.puzzle.blocks - 1}")
        state = saved_state(begin.problem, checkpoint)
        if state is None:
            anchored = local_inputs(begin.puzzle, anchor)
            state = annealing.start(
                begin.problem, begin.inp, begin.out, settings, seed, locked=lock, anchored=anchored
            )
        state = run(begin, state, checkpoint)
        facts.update(facts_of(state))
        ended.append((begin.problem, state))
        return state.result()

    status = run_search("anneal", request, search, facts)
    # after the answer is printed: a full disk must not lose it
    if checkpoint is not None:
        for problem, state in ended:
            write_text(checkpoint, dumps(problem, state))
    return status


def weight(text: str) -> tuple[str, float]:
    """Read `NAME=WEIGHT`; a name alone weighs 1."""
    name, _, value = text.partition("=")
    try:
        return name, float(value or 1)
    except ValueError:
        raise OptionError(f"--move {text}: {value!r} is no number") from None


def local_inputs(puzzle: "Puzzle", pieces: frozenset[int]) -> frozenset[int]:
    """Local indices of input layers given by piece index."""
    local = {int(piece): index for index, piece in enumerate(puzzle.inp_pieces)}
    for piece in pieces:
        if piece not in local:
            raise OptionError(f"--anchor: piece {piece} is no input layer of this puzzle")
    return frozenset(local[piece] for piece in pieces)


def saved_state(problem: "Problem", checkpoint: Path | None) -> "AnnealState | None":
    """State to go on from; None where there is none yet."""
    if checkpoint is None or not checkpoint.exists():
        return None
    from permq.search.checkpoint import loads

    try:
        text = checkpoint.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{checkpoint}: {error.strerror or error}") from None
    try:
        return loads(problem, text)
    except CheckpointError as error:
        raise CheckpointError(f"{checkpoint}: {error}") from None


def run(begin: "Start", state: "AnnealState", checkpoint: Path | None) -> "AnnealState":
    """Anneal to the end, keeping the state on the way where asked to."""
    from permq.search.annealing import advance
    from permq.search.checkpoint import dumps

    saved = monotonic()
    while not state.finished and not begin.stop():
        state = advance(begin.problem, state, SLICE, report=begin.report, stop=begin.stop)
        if checkpoint is not None and monotonic() - saved > SAVE_SECONDS:
            # a disk that is full for now ends no search; the last try, after it, complains
            with suppress(OptionError):
                write_text(checkpoint, dumps(begin.problem, state))
            saved = monotonic()
    return state


def facts_of(state: "AnnealState") -> dict[str, object]:
    """What annealing tells beyond what every search does."""
    return {
        "steps": state.step,
        "moves": state.settings.moves,
        "temperature": state.temperature,
        "reheated": state.reheated,
        "acceptance": {
            move: state.accepted[move] / count for move, count in state.proposed.items() if count
        },
    }
