import numpy as np
import pytest

from permq.diagnosis.diversity import distances, distinct, diversity

INPUTS = np.array([[0, 1, 2, 3], [0, 1, 3, 2], [0, 1, 2, 3]])
OUTPUTS = np.array([[3, 2, 1, 0], [3, 2, 0, 1], [3, 1, 2, 0]])


def test_distance_is_the_share_of_positions_with_other_blocks() -> None:
    expected = np.array([[0, 0.5, 0.5], [0.5, 0, 0.75], [0.5, 0.75, 0]])
    np.testing.assert_allclose(distances(INPUTS, OUTPUTS), expected)


def test_diversity_is_the_mean_over_pairs_of_different_solutions() -> None:
    assert diversity(INPUTS, OUTPUTS) == pytest.approx((0.5 + 0.5 + 0.75) / 3)
    assert diversity(INPUTS[:1], OUTPUTS[:1]) == 0
    assert diversity(INPUTS[[0, 0]], OUTPUTS[[0, 0]]) == 0


def test_equal_solutions_count_once() -> None:
    assert distinct(INPUTS, OUTPUTS) == 3
    assert distinct(INPUTS[[0, 1, 0]], OUTPUTS[[0, 1, 0]]) == 2
