"""What the cost matrix shows."""

import numpy as np
import pytest

from permq.errors import OptionError
from permq.figures.cost_matrix_heatmap import CAP, CostMatrix, normalise, scored
from permq.pairing.assignment import mutual_best
from tests.toys import plain_forward, toy_puzzle


def test_a_positive_score_is_related_to_the_best_of_its_row():
    values = np.array([[1.0, 1.5, 4.0], [2.0, 2.0, 3.0]])
    assert normalise(values, "lower").tolist() == [[1, 1.5, CAP], [1, 1, 1.5]]
    assert normalise(values, "higher").tolist() == [[CAP, CAP, 1], [1.5, 1.5, 1]]


def test_of_a_score_with_signs_two_is_the_median_of_the_row():
    values = np.array([[-8.0, 0.0, 2.0], [1.0, -1.0, 0.0], [5.0, 5.0, 5.0]])
    assert normalise(values, "lower").tolist() == [[1, 2, 2], [2, 1, 2], [1, 1, 1]]
    assert normalise(-values, "higher").tolist() == normalise(values, "lower").tolist()


def test_the_default_is_the_error_of_one_block_networks():
    puzzle, _ = toy_puzzle(1, rows=30)
    values, better, title = scored("gradient-mse", puzzle)
    assert better == "lower"
    assert title == "mean squared error of one-block networks, 30 rows"
    for a, o in ((0, 0), (1, 3)):
        answer = plain_forward(puzzle, np.array([a]), np.array([o]))
        assert values[a, o] == pytest.approx(np.mean((answer - puzzle.pred) ** 2), rel=1e-4)


@pytest.mark.parametrize(("method", "better"), [("trace", "lower"), ("ensemble", "higher")])
def test_any_method_of_pairing_may_be_shown(method, better):
    values, found, _ = scored(method, toy_puzzle(1)[0])
    assert values.shape == (5, 5)
    assert found == better


def test_an_unknown_method_is_refused():
    with pytest.raises(OptionError, match="no pairing method 'colour'"):
        scored("colour", toy_puzzle(1)[0])


def test_mutually_best_pairs_are_counted_and_the_right_ones_among_them():
    cost = np.array([[0.0, 3.0, 3.0], [3.0, 3.0, 1.0], [3.0, 3.0, 2.0]])
    matrix = CostMatrix("", "", cost, cost, mutual_best(cost), np.arange(3), "right", "")
    assert np.argwhere(matrix.mutual).tolist() == [[0, 0], [1, 2]]
    assert matrix.mutual_known == 1
    unknown = CostMatrix("", "", cost, cost, mutual_best(cost), None, "right", "")
    assert unknown.mutual_known == 0
