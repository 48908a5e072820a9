"""192 blocks of width 96: `permq solve` keeps budget and memory, proposals cost what they touch."""

import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from permq.core.dropping.recipe import Recipe
from permq.core.dropping.writing import make
from permq.core.loading import load_puzzle
from permq.core.puzzle import Puzzle
from permq.search.problem import Problem
from tests.benchmarks.measure import spread, tell, timed
from tests.benchmarks.processes import run_process

# untrained: no score says anything, so that the whole budget is used
LARGE = Recipe(blocks=192, width=96, hidden=192, rows=2000, epochs=0, out_scale=0.3)
BUDGET = 30.0  # s
OVERRUN = 2.0  # s
MEMORY = 1000.0  # MB: the pieces are 29 MB, and every search keeps two sets of states
NOT_SOLVED = 3
ROWS = 256
ROUNDS = 15
PROPOSALS = 4
TOLERANCE = 1.25  # an eighth of such a network fits a processor's cache, all of it does not


class Proposals:
    """Proposals of one arrangement against itself, which touch a number of its last blocks."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.order = np.random.default_rng(0).permutation(puzzle.blocks)
        self.current = Problem.of(puzzle, ROWS).evaluator(self.order, self.order)
        self.multiplications = puzzle.width * puzzle.hidden  # of a layer on a row

    def seconds(self, touched: int) -> float:
        """Processor time of one."""

        def propose() -> None:
            for _ in range(PROPOSALS):
                self.current.propose(self.order, self.order, len(self.order) - touched)

        return timed(propose)[1] / PROPOSALS


def run(folder: Path, quick: bool) -> None:
    """Print the budget's and memory's use, and the cost of proposals beside the work in them."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "large"
        make(LARGE, path)
        budget = BUDGET / 3 if quick else BUDGET
        command = (sys.executable, "-m", "permq", "solve", str(path), "--budget", str(budget))
        found = run_process(*command)
        large, small = Proposals(load_puzzle(path)), Proposals(load_puzzle(folder))
    print(f"large: {LARGE.blocks} blocks of width {LARGE.width}, {LARGE.rows} rows, untrained")
    if found.status not in (0, NOT_SOLVED):
        raise RuntimeError(f"permq solve ended with status {found.status}")
    print(f"  permq solve {'solved it' if found.status == 0 else 'gave up'}")
    tell(f"wall time over a budget of {budget:g} s", found.wall - budget, OVERRUN, " s")
    tell("peak resident memory", found.peak / 1e6, MEMORY, " MB")
    parts = [LARGE.blocks // part for part in (1, 2, 4, 8)]
    blocks = len(small.order)
    rounds = [
        ({touched: large.seconds(touched) for touched in parts}, small.seconds(blocks))
        for _ in range(ROUNDS)
    ]
    for touched in parts:
        taken = spread([by[touched] for by, _ in rounds], " ms", 1e3)
        print(f"  a proposal that touches {touched:3d} blocks, {ROWS} rows: {taken}")
    few = parts[-1]
    tell(
        f"cost per block, all {LARGE.blocks} touched / {few} touched",
        median(by[LARGE.blocks] / LARGE.blocks / (by[few] / few) for by, _ in rounds),
        TOLERANCE,
    )
    work = LARGE.blocks * large.multiplications / (blocks * small.multiplications)
    tell(
        f"cost per multiplication, {LARGE.blocks} blocks / the real puzzle",
        median(by[LARGE.blocks] / other for by, other in rounds) / work,
        TOLERANCE,
    )
