"""The order and portions of the rows."""

import numpy as np
import pytest

from permq.search.row_plan import PORTIONS, RowPlan


@pytest.mark.parametrize("count", [1, 15, 48, 49, 97, 128, 1000, 10_000])
@pytest.mark.parametrize("portion", PORTIONS)
def test_portions_cover_all_rows_once(count, portion):
    sizes = RowPlan(np.arange(count), portion).sizes
    assert sum(sizes) == count
    assert min(sizes) > 0
    assert sizes[0] == min(portion, count)


def test_portions_double_after_the_second():
    assert RowPlan(np.arange(1000), 32).sizes == [32, 32, 64, 128, 256, 256, 232]


def test_the_worst_rows_come_first():
    plan = RowPlan(np.array([2, 0, 3, 1]), 16).sorted(np.array([0.1, 0.5, 0.2, 0.5]), 0.5)
    assert plan.rows.tolist() == [0, 1, 3, 2]


def test_the_first_portion_follows_what_it_rejects():
    plan, errors = RowPlan(np.arange(4), 32), np.zeros(4)
    assert plan.sorted(errors, 0.9).portion == 24
    assert plan.sorted(errors, 0.5).portion == 32
    assert plan.sorted(errors, 0.1).portion == 48
    assert RowPlan(np.arange(4), 16).sorted(errors, 1.0).portion == 16
    assert RowPlan(np.arange(4), 128).sorted(errors, 0.0).portion == 128
