"""Known figures of the real puzzle, where it lies beside the checkout."""

import numpy as np
import pytest

from permq.core.loading import load_puzzle
from permq.pairing.assignment import assign
from permq.pairing.ensemble import probabilities
from permq.pairing.quick import quick_pairing
from permq.pairing.registry import SCORES
from permq.pairing.scores.contraction import contraction

# pairs right by assignment, and row by row
FIGURES = {
    "trace": (48, 48),
    "ratio": (48, 48),
    "diagonal-mass": (48, 48),
    "gram": (48, 41),
    "hidden-cosine": (48, 48),
    "hidden-cosine-square": (48, 48),
    "asymmetry": (48, 47),
    "product-norm": (48, 4),
    "subspace-overlap": (38, 35),
    "norm-correlation": (27, None),
    "gradient-mse": (32, 27),
    "residual-norm": (0, 0),
    "flattened-cosine": (0, 0),
    "contraction": (48, 48),
}


@pytest.fixture(scope="module")
def real(root):
    folder = root.parent / "shared" / "puzzles" / "jane-street"
    if not folder.is_dir():
        pytest.skip("the real puzzle is not beside this checkout")
    puzzle = load_puzzle(folder)
    return puzzle, quick_pairing(puzzle)


def test_the_quick_scores_are_sure(real):
    assert real[1].sure


@pytest.mark.parametrize("name", FIGURES)
def test_a_published_figure_is_met(real, name):
    puzzle, quick = real
    cost = SCORES[name].cost(puzzle)
    assigned, by_row = FIGURES[name]
    assert (assign(cost) == quick.pair).sum() == assigned
    if by_row is not None:
        # the columns of W_out are compared here, its rows elsewhere: Gram differs by row
        if name == "gram":
            assert (cost.argmin(axis=1) == quick.pair).sum() >= by_row
        else:
            assert (cost.argmin(axis=1) == quick.pair).sum() == by_row


def test_right_traces_lie_where_they_were_measured(real):
    puzzle, quick = real
    right = SCORES["trace"].values(puzzle)[np.arange(48), quick.pair]
    assert right.mean() == pytest.approx(-8.78, abs=0.005)
    assert right.min() == pytest.approx(-13.49, abs=0.005)
    assert right.max() == pytest.approx(-7.37, abs=0.005)
    ratio = SCORES["ratio"].values(puzzle)
    assert ratio[np.arange(48), quick.pair].min() == pytest.approx(1.76, abs=0.005)
    assert ratio[np.arange(48), quick.pair].max() == pytest.approx(3.23, abs=0.005)
    ratio[np.arange(48), quick.pair] = 0
    assert ratio.max() == pytest.approx(0.58, abs=0.005)


def test_three_rows_are_enough_for_contraction(real):
    puzzle, quick = real
    assert (assign(-contraction(puzzle, np.arange(3))) == quick.pair).all()


def test_the_ensemble_is_certain_of_all_pairs(real):
    puzzle, quick = real
    for data in (True, False):
        shares = probabilities(puzzle, data=data)
        assert shares[np.arange(48), quick.pair].min() > 0.99
