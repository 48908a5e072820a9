"""From the right pairs in a random order to exact, on one core; annealing alone beside it.

No seed of the order, neither by norm nor by state: the start is a random permutation, which adjoint
refinement descends from; kicks get it out of local optima, and a walk that is stuck begins again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from permq.core.loading import load_puzzle
from permq.core.objective import EXACT, objective
from permq.core.puzzle import Indices, Puzzle
from permq.pairing.registry import SCORES
from permq.search.adjoint.refine import RefineSettings, descend
from permq.search.adjoint.straighten import straighten
from permq.search.annealing import anneal
from permq.search.annealing_settings import AnnealSettings
from permq.search.iterated import IterateSettings, iterate
from permq.search.problem import Problem
from tests.benchmarks.measure import spread, tell, timed

SEEDS = 10
BOUND = 20.0  # s
ROWS = 256
PATIENCE = 40  # kicks without a new best, then another random order
RESTARTS = 20
ANNEALINGS = 3
ANNEAL_STEPS = 50_000


@dataclass(frozen=True, eq=False)
class Walk:
    """Where a search ended.

    Parameters
    ----------
    inp
        (L,) local indices of the input layers in running order.
    starts
        Random orders it began from.
    """

    inp: Indices
    starts: int


def search(puzzle: Puzzle, pair: Indices, seed: int) -> Walk:
    """Descend from random orders and kick until the cost is that of the answer."""
    rng = np.random.default_rng(seed)
    problem = Problem.of(puzzle, ROWS, seed)
    target = (0.1 * EXACT * float(np.std(puzzle.pred))) ** 2
    starts = 0
    while starts < RESTARTS:
        starts += 1
        order = rng.permutation(puzzle.blocks)
        current = problem.evaluator(order, pair[order])
        descend(problem, current, RefineSettings(), rng, target=target)
        straighten(problem, current, target=target)
        iterate(problem, current, IterateSettings(patience=PATIENCE), rng, target=target)
        if current.mse <= target:
            break
    return Walk(current.inp, starts)


def annealed(puzzle: Puzzle, pair: Indices, seed: int) -> Walk:
    """Anneal from a random order, once."""
    order = np.random.default_rng(seed).permutation(puzzle.blocks)
    problem = Problem.of(puzzle, ROWS, seed)
    settings = AnnealSettings(steps=ANNEAL_STEPS)
    return Walk(anneal(problem, order, pair[order], settings, seed).inp, 1)


def runs(search: partial[Walk], count: int) -> Iterator[tuple[Walk, float]]:
    """Results of a search and seconds of processor time, by seed."""
    for seed in range(count):
        yield timed(partial(search, seed))


def run(folder: Path, quick: bool) -> None:
    """Print the time of every seed, and what annealing alone reaches in how long."""
    puzzle = load_puzzle(folder)
    pair = SCORES["trace"].pairing(puzzle)
    print(f"random-order: right pairs, {SEEDS} random orders, {ROWS} rows, processor time")
    walks = list(runs(partial(search, puzzle, pair), SEEDS))
    exact = [
        puzzle.arrangement(walk.inp, pair[walk.inp]).sha256 == puzzle.solution_sha256
        for walk, _ in walks
    ]
    seconds = [taken for _, taken in walks]
    print(f"  by seed: {', '.join(f'{taken:.1f}' for taken in seconds)} s")
    print(f"  {spread(seconds, ' s')}; random orders needed: {sum(w.starts for w, _ in walks)}")
    tell("solved exactly", sum(exact), SEEDS, f" of {SEEDS}", least=True)
    tell("median time to exact", median(seconds), BOUND, " s")
    alone = list(runs(partial(annealed, puzzle, pair), 1 if quick else ANNEALINGS))
    costs = [objective(puzzle, walk.inp, pair[walk.inp]) for walk, _ in alone]
    print(
        f"  annealing alone, {ANNEAL_STEPS:,} proposals: mse "
        f"{', '.join(f'{cost:.2g}' for cost in costs)} after "
        f"{median(taken for _, taken in alone):.1f} s"
    )
