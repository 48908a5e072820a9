"""What `permq solve` solves and what it does not: networks trained in many ways.

The table is markdown, for the README. Pairs are those that an assignment by one score gets right.
"""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from tests.puzzles import REGIMES, made

BUDGET = 600.0
QUICK_BUDGET = 60.0


@dataclass(frozen=True)
class Row:
    """One network and what became of it.

    Parameters
    ----------
    pairs
        Right pairs by trace, by diagonal dominance ratio and by the ensemble.
    published
        How many of the two published recipes solve it; None where they do not apply: they know
        ReLU, one output and layers told apart by their shapes only.
    status
        `solved`, `equivalent` or the mean squared error that was left.
    seconds, processor
        Wall time, and time of the processor, from the pieces in memory to the verified answer.
    """

    regime: str
    blocks: int
    width: int
    hidden: int
    outputs: int
    pairs: tuple[int, int, int]
    published: int | None
    status: str
    seconds: float
    processor: float

    @property
    def line(self) -> str:
        """As a row of the table."""
        trace, ratio, ensemble = self.pairs
        size = f"{self.blocks} | {self.width} × {self.hidden}"
        published = "" if self.published is None else f"{self.published} of 2"
        spent = f"{self.seconds:.1f} | {self.processor:.1f}"
        return (
            f"| {self.regime} | {size} | {trace} | {ratio} | {ensemble} | {published} "
            f"| {self.status} | {spent} |"
        )


HEADER = (
    "| network | blocks | width × hidden | pairs by trace | by ratio | by ensemble "
    "| published recipes | `permq solve` | seconds | of processor |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def measure(regime: str, budget: float, seed: int = 0) -> Row:
    """Solve the network of a regime, trained first where it is not there yet."""
    import numpy as np

    from permq.core.arrangement import Arrangement
    from permq.core.loading import load_puzzle
    from permq.pairing.assignment import assign
    from permq.pairing.ensemble import probabilities
    from permq.pairing.registry import SCORES
    from permq.search.solve import solve
    from permq.search.stop import Deadline
    from tests.benchmarks.recipes import AdjointRecipe, RatioRecipe

    folder = made(REGIMES[regime])
    puzzle = load_puzzle(folder)
    answer = Arrangement.read(folder / "answer.txt")
    begun, processor = perf_counter(), process_time()
    found = solve(puzzle, seed=seed, stop=Deadline(budget)).verification
    spent = perf_counter() - begun, process_time() - processor
    status = f"mse {found.mse:.2g}"
    if found.solved or found.equivalent:
        status = "solved" if found.solved else "equivalent"

    puzzle = puzzle.for_answer(answer)
    inp, out = puzzle.indices(answer)
    likely = probabilities(puzzle)
    pairings = (
        SCORES["trace"].pairing(puzzle),
        SCORES["ratio"].pairing(puzzle),
        assign(-np.log(np.maximum(likely, 1e-12))),
    )
    trace, ratio, ensemble = (int(np.sum(pair[inp] == out)) for pair in pairings)
    published = None
    if puzzle.activation == "relu" and puzzle.outputs == 1 and not puzzle.square:
        recipes = (AdjointRecipe(puzzle).solve(), RatioRecipe(puzzle).solve())
        published = sum(puzzle.arrangement(it.inp, it.out) == answer for it in recipes)
    size = (puzzle.blocks, puzzle.width, puzzle.hidden, puzzle.outputs)
    return Row(regime, *size, (trace, ratio, ensemble), published, status, *spent)


def run(folder: Path, quick: bool) -> None:
    """Print the table; `folder` is the real puzzle's, which has other benchmarks."""
    budget = QUICK_BUDGET if quick else BUDGET
    print(f"networks trained in many ways, at most {budget:.0f} s and one process each")
    print(HEADER)
    solved = 0
    for regime in REGIMES:
        row = measure(regime, budget)
        solved += row.status == "solved"
        print(row.line, flush=True)
    print(f"solved {solved} of {len(REGIMES)}")
