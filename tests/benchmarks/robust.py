"""Is the real puzzle solved from any rows with any seed, or was it luck?

Row samples stand for the data: nothing else of it is seen, so a sample that leaves an order in
doubt has to be decided by what is left. Each sample is solved with several seeds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from permq.core.loading import load_puzzle
from permq.core.puzzle import Puzzle
from permq.search.solve import SolveSettings, solve
from tests.benchmarks.measure import spread, tell, timed

SIZES = (64, 128, 256, 1000)
SAMPLES, SEEDS = 500, 20
QUICK_SAMPLES, QUICK_SEEDS = 20, 2


@dataclass(frozen=True)
class Attempt:
    """One solve of one sample: whether the hash matches, and what it took.

    Parameters
    ----------
    solved
        Whether the known hash was reached.
    again
        Whether the first straightening was not the end.
    searched
        Whether the long way was needed.
    seconds
        Processor time, all in.
    """

    solved: bool
    again: bool
    searched: bool
    seconds: float


def attempts(puzzle: Puzzle, size: int, samples: int, seeds: int) -> Iterator[Attempt]:
    """Solve random samples of `size` rows, each with so many seeds."""
    for sample in range(samples):
        rows = np.random.default_rng((size, sample)).choice(puzzle.rows, size, replace=False)
        small = replace(puzzle, x=puzzle.x[rows], pred=puzzle.pred[rows], true=None)
        for number in range(seeds):
            # a seed of its own for every solve: thousands, not twenty
            seed = sample * seeds + number
            work = partial(solve, small, SolveSettings(quick_rows=size), seed)
            found, taken = timed(work)
            names = [stage.name for stage in found.stages]
            yield Attempt(
                bool(found.verification.sha256_match),
                again=sum(name.startswith("straightening") for name in names) > 1,
                searched=any(name.startswith("pairs by ensemble") for name in names),
                seconds=taken,
            )


def run(folder: Path, quick: bool) -> None:
    """Print for every sample size how many solves were exact and how long they took."""
    puzzle = load_puzzle(folder)
    samples, seeds = (QUICK_SAMPLES, QUICK_SEEDS) if quick else (SAMPLES, SEEDS)
    print(f"robust: {samples} row samples of each size, {seeds} seeds each, nothing else seen")
    for size in SIZES:
        made = list(attempts(puzzle, size, samples, seeds))
        tell(f"{size} rows, exact", np.mean([one.solved for one in made]), 1.0, least=True)
        print(
            f"    of {len(made)}: {sum(one.again for one in made)} took other rows or seeds, "
            f"{sum(one.searched for one in made)} the long way; "
            + spread([one.seconds for one in made], " s"),
            flush=True,
        )
