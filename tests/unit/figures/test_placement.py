"""The posterior as it is shown."""

import numpy as np
import pytest

from permq.figures.placement import Placement, placed


def test_rows_are_positions_and_columns_blocks_of_the_reference():
    reference = np.array([2, 0, 1])
    orders = np.array([[2, 0, 1], [2, 1, 0]])
    share, entropy = placed(orders, np.array([0.5, 0.5]), reference)
    assert share.tolist() == [[1, 0, 0], [0, 0.5, 0.5], [0, 0.5, 0.5]]
    assert entropy == pytest.approx([0, np.log(2), np.log(2)], abs=1e-9)
    assert Placement(share, entropy, 2, "right").settled == 1


def test_better_solutions_weigh_more():
    orders = np.array([[0, 1], [1, 0]])
    share, _ = placed(orders, np.array([0.0, 2.0]), np.array([0, 1]))
    # the temperature is the median excess, 1
    assert share[0, 0] == pytest.approx(1 / (1 + np.exp(-2)))
