"""Figures known of the real puzzle, with its right pairs, on its first rows."""

from pathlib import Path

import numpy as np
import pytest

from permq.core.loading import load_puzzle
from permq.ordering.greedy_by_state import greedy_by_state
from permq.ordering.paired import Paired
from permq.ordering.registry import SEEDS

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "puzzles" / "jane-street"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"{FOLDER} is not there")


@pytest.fixture(scope="module")
def blocks() -> Paired:
    puzzle = load_puzzle(FOLDER)
    # the trace pairs all layers of this puzzle, row by row
    traces = np.einsum("ahd,odh->ao", puzzle.w_in, puzzle.w_out)
    return Paired.of(puzzle, traces.argmin(axis=1), rows=1000)


@pytest.mark.parametrize(
    ("name", "mse"),
    [
        ("output-norm", 0.075716),
        ("output-sum", 0.081558),
        ("greedy-by-state", 0.00028),
        ("change-spread", 0.0169),
    ],
)
def test_a_seed_costs_what_is_known(blocks, name, mse) -> None:
    assert blocks.cost(SEEDS[name].order(blocks)) == pytest.approx(mse, rel=0.02)


def test_greedy_by_state_is_as_good_on_a_hundred_rows_and_with_a_window(blocks) -> None:
    few = Paired(blocks.network, blocks.pair, blocks.x[:100], blocks.pred[:100])
    assert blocks.cost(greedy_by_state(few)) == pytest.approx(0.00064, rel=0.02)
    assert blocks.cost(greedy_by_state(few, window=12, squared=True)) < 0.002
