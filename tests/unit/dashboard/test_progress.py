"""What is told from comparing snapshots, by numbers worked out by hand."""

import math
from datetime import UTC, datetime

import pytest

from permq.dashboard.progress import (
    calibrated,
    certainty,
    drifts,
    order_alike,
    pairs_alike,
    skills,
    spaced,
)
from permq.pool.history import SnapshotRow

BEST = (0, 10, 1, 11, 2, 12, 99)


def row(number=1, permutation=BEST, placement=None, speed=10.0):
    numbers = {
        "agreement": [1.0, 0.5, 0.0],
        "entropy": [0.0, 0.0, 0.0],
        "locked": 1 / 3,
        "speed": speed,
        "spread": [0.5],
    }
    at = datetime(2025, 1, 1, tzinfo=UTC)
    return SnapshotRow(
        *(number, None, at, "timer", 3, 1, permutation, False, "anneal", None, None, 1.0, 2.0),
        *(numbers, placement),
    )


def test_pairs_count_wherever_they_stand():
    assert pairs_alike(BEST, BEST) == 1
    assert pairs_alike((2, 12, 0, 11, 1, 10, 99), BEST) == pytest.approx(1 / 3)


def test_order_is_a_rank_correlation_and_never_below_0():
    assert order_alike(BEST, BEST) == pytest.approx(1)
    assert order_alike((1, 10, 0, 11, 2, 12, 99), BEST) == pytest.approx(0.5)
    assert order_alike((2, 10, 1, 11, 0, 12, 99), BEST) == 0
    # layers that the best one uses as outputs have no place to compare
    assert order_alike((0, 1, 10, 11, 2, 12, 99), BEST) == pytest.approx(1)
    assert order_alike((0, 10, 99), (0, 10, 99)) == 1
    assert order_alike((10, 0, 99), (0, 10, 99)) == 0


def test_certainty_goes_from_one_block_to_all_alike():
    assert certainty([0.0, 0.0]) == 1
    assert certainty([math.log(2)] * 2) == pytest.approx(0)
    assert certainty([9.0, 9.0]) == 0
    assert certainty([0.0]) == 1


def test_skills_hold_the_parts_in_their_order():
    (slow, fast) = skills([row(1, speed=5.0), row(2, speed=20.0)], BEST)
    assert slow == {"id": 1, "values": pytest.approx([1, 1, 0.5, 1 / 3, 1, 0.25])}
    assert fast["values"][-1] == 1
    assert skills([row(speed=0.0)], BEST)[0]["values"][-1] == 0


def test_drift_is_symmetric_and_0_with_itself():
    cells = {(i, j): apart for i, j, apart in drifts([[0.1], [0.4], []])}
    assert cells == {(0, 0): 0.0, (1, 1): 0.0, (0, 1): 0.3, (1, 0): 0.3}


def test_snapshots_are_chosen_evenly_with_both_ends():
    rows = [row(number) for number in range(10)]
    assert [one.id for one in spaced(rows, 4)] == [0, 3, 6, 9]
    assert spaced(rows[:2], 4) == rows[:2]


def test_a_placement_that_says_what_is_so_is_calibrated():
    sure = [[(0, 10, 1.0)], [(1, 11, 1.0)], [(2, 12, 1.0)]]
    assert calibrated(row(placement=sure), BEST)["error"] == 0
    wrong = [[(0, 12, 1.0)], [(1, 11, 1.0)], [(2, 12, 1.0)]]
    told = calibrated(row(placement=wrong), BEST)
    assert told["error"] == pytest.approx(1 / 3)
    (found,) = told["bins"]
    assert (found.said, found.count) == (1.0, 3)
    assert found.seen == pytest.approx(2 / 3)
