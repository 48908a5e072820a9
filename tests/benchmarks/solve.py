"""The solve phase on the real puzzle, pairing and ordering with the data in memory."""

from functools import partial
from pathlib import Path
from statistics import median

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.core.puzzle import Puzzle
from permq.search.solve.session import Session
from permq.search.solve.settings import SolveSettings
from permq.search.solve.short_way import short_way
from permq.search.stop import never
from tests.benchmarks.measure import spread, tell, timed
from tests.benchmarks.recipes import ADJOINT_ROWS, AdjointRecipe, RatioRecipe, Recipe

BOUND = 0.1
REFERENCE_PASSES = 40  # a slower reference would flatter
PASSES_A_ROUND = 20


class UnverifiedSession(Session):
    """Takes the hash alone for the end, so that no verification is timed."""

    def _settle(self, puzzle: Puzzle, arrangement: Arrangement) -> None:
        self.over = arrangement.sha256 == puzzle.solution_sha256


def right(puzzle: Puzzle, recipe: Recipe) -> bool:
    """Whether a recipe found the known answer."""
    return puzzle.arrangement(recipe.inp, recipe.out).sha256 == puzzle.solution_sha256


def run(folder: Path, quick: bool) -> None:
    """Print times and ratios; every round has another seed."""
    puzzle = load_puzzle(folder)
    adjoint = AdjointRecipe(puzzle)
    if not right(puzzle, found := adjoint.solve()):
        raise RuntimeError("the adjoint recipe did not solve the puzzle")

    def forward() -> None:
        for _ in range(PASSES_A_ROUND):
            adjoint.network.mse(found.inp, found.out)

    def ours(seed: int) -> None:
        session = UnverifiedSession(puzzle, SolveSettings(), seed, never)
        short_way(session, puzzle)
        if not session.over:
            raise RuntimeError(f"the short way did not solve the puzzle with seed {seed}")

    forward()
    ours_seconds, theirs, passes = [], [], []
    for number in range(5 if quick else 25):
        theirs.append(timed(adjoint.solve)[1])
        passes.append(timed(forward)[1] / PASSES_A_ROUND)
        ours_seconds.append(timed(partial(ours, number))[1])
    print("solve: pairing and ordering of the real puzzle, processor time")
    print(f"  permq, a seed each time: {spread(ours_seconds, ' ms', 1e3)}")
    print(f"  adjoint recipe, {found.rounds} rounds: {spread(theirs, ' ms', 1e3)}")
    print(f"  plain forward pass, {ADJOINT_ROWS} rows: {spread(passes, ' ms', 1e3)}")
    forwards = median(a / b for a, b in zip(theirs, passes, strict=True))
    tell("adjoint recipe in forward passes", forwards, REFERENCE_PASSES)
    tell(
        "permq / adjoint recipe",
        median(a / b for a, b in zip(ours_seconds, theirs, strict=True)),
        BOUND,
    )
    ratio = RatioRecipe(puzzle)
    other, taken = timed(ratio.solve)
    word = "solves it" if right(puzzle, other) else "DOES NOT SOLVE it"
    print(f"  ratio recipe, {other.rounds} passes over the order: {word} in {taken:.3g} s")
