"""`permq solve`: from a folder of pieces to a verified permutation."""

import math
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from permq.cli import options
from permq.cli.output import emit, write_text
from permq.errors import CheckpointError, OptionError

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.solve import Solution, Stage
    from permq.search.solve.session import Elite, Session

NOT_SOLVED = 3
INTERRUPTED = 130
SAVE_SECONDS = 2.0


@click.command(name="solve")
@options.puzzle_argument
@click.option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Wall time from the start of the command.",
)
@options.seed_option
@options.processes_option
@click.option(
    "--checkpoint",
    type=options.Destination(),
    metavar="FILE",
    help="Keep the best found here; where it exists, go on from it.",
)
@options.activation_option
@options.out_option(description="Write the best answer here.")
@options.json_option
def command(
    folder: Path,
    budget: float,
    seed: int,
    threads: int,
    checkpoint: Path | None,
    activation: str | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Solve a puzzle: pair the layers, order the blocks, verify.

    The short way is taken when the scores are sure; otherwise pairings and orders are searched
    together until the budget ends. The exit status is 0 when it is solved (the SHA-256 matches, or
    the reconstruction is exact where no hash is known), 3 when it is not, with the best
    arrangement and how sure its parts are, and 130 after Ctrl-C, with the best found so far.

    \b
    Example:
      permq solve DIR
      permq solve DIR --budget 3600 --threads 2 --checkpoint solve.json --out answer.txt
    """
    begun = time.perf_counter()
    if math.isnan(budget):  # which the range of the option lets through
        raise OptionError("--budget: nan is no number of seconds")
    from permq.core.loading import load_puzzle

    puzzle = load_puzzle(folder, activation=activation)
    loaded = time.perf_counter() - begun

    from permq.cli.punctual import punctual
    from permq.cli.search_command import interruptible
    from permq.search.solve import solve
    from permq.search.stop import Deadline, Either

    def tell(stage: "Stage") -> None:
        if not as_json:
            cost = "" if stage.mse is None else f"mse {stage.mse:<12.6g}"
            click.echo(f"{loaded + stage.seconds:8.3f} s  {stage.name:<44} {cost}".rstrip())

    if not as_json:
        click.echo(
            f"{loaded:8.3f} s  loaded {puzzle.name}: {puzzle.blocks} blocks of width "
            f"{puzzle.width}, {puzzle.rows:,} rows"
        )
    known, attempts = saved(puzzle, checkpoint)
    keeper = Keeper(checkpoint)
    deadline = Deadline(budget - (time.perf_counter() - begun) - verification_time(puzzle))
    with interruptible() as interrupted:
        stop = Either(deadline, interrupted)
        solution = solve(
            puzzle,
            seed=seed,
            threads=threads,
            stop=stop,
            during=punctual(stop),
            tell=tell,
            known=known,
            attempts=attempts,
            keep=keeper,
        )
    seconds = {"load": loaded, **solution.seconds, "total": time.perf_counter() - begun}
    emit(payload(solution, seconds, seed, interrupted()), as_json=as_json, lines=lines(solution))
    # after it is printed: a full disk must not lose it
    if out is not None:
        write_text(out, solution.arrangement.text)
    keeper.finish()
    if solution.verification.solved:
        return 0
    return INTERRUPTED if interrupted() else NOT_SOLVED


class Keeper:
    """Writes a checkpoint when the elites have changed, at most every two seconds."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._written = 0.0
        self._unwritten: Session | None = None

    def __call__(self, session: "Session") -> None:
        """Take note of a change."""
        self._unwritten = session
        if time.monotonic() - self._written > SAVE_SECONDS:
            # a disk that is full for now ends no search; the last try, after it, complains
            with suppress(OptionError):
                self.finish()

    def finish(self) -> None:
        """Write what has not been written yet."""
        if self._path is None or self._unwritten is None:
            return
        from permq.search.solve.checkpoint import dumps

        session = self._unwritten
        self._written = time.monotonic()
        write_text(self._path, dumps(session.puzzle, session.elites, session.attempts))
        self._unwritten = None


def saved(puzzle: "Puzzle", checkpoint: Path | None) -> "tuple[list[Elite], int]":
    """Elites and number of attempts of an earlier run; none where there is no file."""
    if checkpoint is None or not checkpoint.exists():
        return [], 0
    from permq.search.solve.checkpoint import loads

    try:
        return loads(puzzle, checkpoint.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{checkpoint}: {error.strerror or error}") from None
    except CheckpointError as error:
        raise CheckpointError(f"{checkpoint}: {error}") from None


def verification_time(puzzle: "Puzzle") -> float:
    """Seconds to keep back for the verification over all rows, from a measured part of it."""
    from dataclasses import replace

    import numpy as np

    from permq.core.objective import objective

    few, blocks = 64, np.arange(puzzle.blocks)
    part = replace(puzzle, x=puzzle.x[:few], pred=puzzle.pred[:few])
    begun = time.perf_counter()
    objective(part, blocks, blocks)
    return (time.perf_counter() - begun) * max(1.0, puzzle.rows / few)


def payload(
    solution: "Solution", seconds: dict[str, float], seed: int, interrupted: bool
) -> dict[str, object]:
    """What `--json` prints."""
    found = solution.verification
    return {
        "command": "solve",
        "solved": found.solved,
        "answer": solution.arrangement.text,
        "sha256": found.sha256,
        "sha256_match": found.sha256_match,
        "mse": found.mse,
        "max_abs_error": found.max_abs_error,
        "exact": found.exact,
        "equivalent": found.equivalent,
        "seconds": seconds,
        "stages": [vars(stage) for stage in solution.stages],
        "pairs": [{"inp": p.inp, "out": p.out, "p": p.pair} for p in solution.placements],
        "positions": [
            {"position": position, "p": p.here, "entropy": p.entropy}
            for position, p in enumerate(solution.placements)
        ],
        "evaluations": solution.evaluations,
        "seed": seed,
        "interrupted": interrupted,
    }


def lines(solution: "Solution") -> list[str]:
    """Lines for people."""
    from permq.cli.verify import verdict

    found = solution.verification
    shown = [
        f"mse            {found.mse:.6g} over all rows",
        f"largest error  {found.max_abs_error:.6g}",
        f"answer         {solution.arrangement.text}",
        f"sha256         {found.sha256}",
        verdict(found),
    ]
    if not found.solved:
        shown.append("how sure each block is (position: inp,out  pair p  place p  entropy):")
        shown += [
            f"  {position:3d}: {p.inp},{p.out}  {p.pair:.2f}  {p.here:.2f}  {p.entropy:.2f}"
            for position, p in enumerate(solution.placements)
        ]
    return shown
