"""Estimates against numbers from tables."""

import pytest

from permq.bench.statistics import geometric, mean, share, wilson


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (50, 100, 0.4038, 0.5962),
    ],
)
def test_wilson_intervals_are_those_of_the_tables(successes, count, low, high):
    found = wilson(successes, count)
    assert found.mean == successes / count
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_refuses_what_is_no_share():
    for successes, count in ((0, 0), (2, 1), (-1, 3)):
        with pytest.raises(ValueError, match="successes"):
            wilson(successes, count)


def test_a_mean_has_students_interval():
    found = mean([1.0, 2.0, 3.0])
    # t(0.975, 2) = 4.3027, standard error 1 / sqrt(3)
    assert (found.mean, found.low, found.high) == pytest.approx((2.0, -0.4842, 4.4842), abs=1e-4)


def test_one_value_has_no_interval():
    assert (mean([7.0]).low, mean([7.0]).high) == (None, None)
    assert geometric([7.0], 1e-9).mean == pytest.approx(7.0)


def test_shares_stay_within_0_and_1():
    found = share([0.0, 1.0])
    assert (found.mean, found.low, found.high) == (0.5, 0.0, 1.0)


def test_a_geometric_mean_is_one_of_logarithms():
    assert geometric([1e-4, 1e-2], 1e-18).mean == pytest.approx(1e-3)
    assert geometric([0.0], 1e-18).mean == pytest.approx(1e-18)
    assert geometric([1e-200, 1e200], 1e-300).high < float("inf")
