"""Proposals that annealing decides exactly per second, beside the plain full evaluation."""

from pathlib import Path

import numpy as np

from permq.core.loading import load_puzzle
from permq.pairing.registry import SCORES
from permq.search.annealing import advance, start
from permq.search.annealing_settings import AnnealSettings
from permq.search.annealing_state import AnnealState
from permq.search.problem import Problem
from tests.benchmarks.measure import compare, tell
from tests.benchmarks.reference import PlainNetwork

REFERENCE_ROWS = 1000
WANTED = {1000: 4.0, 128: 20.0}  # times the reference, by rows
BURN_IN = 5000  # enough to leave the random order behind
ENDLESS = 10**9


def uniform_at_a_tenth(problem: Problem, inp: np.ndarray, out: np.ndarray) -> AnnealState:
    """Annealing with uniform positions that has settled where a tenth is accepted."""
    settings = AnnealSettings(
        steps=ENDLESS,
        moves={"swap": 1, "insertion": 1},
        schedule="adaptive",
        hot_acceptance=0.1,
        cold_acceptance=0.1,
        near=1.0,
    )
    return advance(problem, start(problem, inp, out, settings, 0), BURN_IN)


def run(folder: Path, quick: bool) -> None:
    """Print the rates and ratios."""
    puzzle = load_puzzle(folder)
    pair = SCORES["trace"].pairing(puzzle)
    inp = np.random.default_rng(0).permutation(puzzle.blocks)
    out = pair[inp]
    plain = PlainNetwork(puzzle, REFERENCE_ROWS)

    def evaluate(count: int) -> None:
        for _ in range(count):
            plain.mse(inp, out)

    print(f"annealing: proposals exactly decided, against full evaluation on {REFERENCE_ROWS} rows")
    for rows, wanted in WANTED.items():
        problem = Problem.of(puzzle, rows)
        state = uniform_at_a_tenth(problem, inp, out)
        counts = np.zeros(2, int)

        def decide(count: int) -> None:
            after = advance(problem, state, count)  # noqa: B023
            counts[:] += sum(after.proposed.values()), sum(after.accepted.values())  # noqa: B023
            counts[:] -= sum(state.proposed.values()), sum(state.accepted.values())  # noqa: B023

        found = compare(evaluate, decide, rounds=3 if quick else 7)
        print(
            f"  {rows} rows: {found.candidate:.0f}/s, reference {found.reference:.1f}/s, "
            f"accepted {counts[1] / counts[0]:.1%}"
        )
        tell(f"proposals on {rows} rows / reference", found.ratio, wanted, least=True)
