"""Traces of right and wrong pairs."""

import numpy as np
import pytest

from permq.figures.trace_matrix import TraceMatrix


def matrix(values):
    return TraceMatrix(np.array(values, float), "right", True)


def test_right_pairs_stand_on_the_diagonal():
    found = matrix([[-9, 1, 2], [3, -8, 4], [5, 6, -7]])
    assert found.right.tolist() == [-9, -8, -7]
    assert found.wrong.tolist() == [1, 2, 3, 4, 5, 6]
    assert found.separation == 1.0


@pytest.mark.parametrize(
    ("values", "separation"),
    [([[0, 0], [0, 0]], 0.5), ([[1, 0], [0, 1]], 0.0), ([[-1, 0], [-2, 1]], 0.25), ([[3]], 1.0)],
)
def test_the_separation_is_the_share_of_right_orders(values, separation):
    assert matrix(values).separation == separation
