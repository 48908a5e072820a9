"""What is told from comparing snapshots, by numbers worked out by hand."""

import math
from datetime import UTC, datetime

import pytest

from permq.core.arrangement import Arrangement
from permq.dashboard.progress import (
    calibrated,
    certainty,
    drifts,
    likeness,
    paired,
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


@pytest.mark.parametrize(
    ("answer", "pairs", "order"),
    [
        (BEST, 1, 1),
        ((2, 12, 0, 11, 1, 10, 99), 1 / 3, 0),
        ((1, 11, 0, 10, 2, 12, 99), 1, 1 / 3),
        # square layers in other roles have no common order
        ((10, 0, 1, 11, 2, 12, 99), 2 / 3, 0),
    ],
)
def test_pairs_count_wherever_they_stand_and_order_by_kendalls_tau(answer, pairs, order):
    told = likeness(Arrangement.of(answer), Arrangement.of(BEST))
    assert told == pytest.approx((pairs, order))


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


def test_pairs_count_by_their_pieces():
    told = paired([(0, 10, 1.0), (1, 12, 0.8), (1, 11, 0.2), (2, 11, 0.6)], BEST)
    bins = {round(one.said, 6): (one.seen, one.count) for one in told["bins"]}
    assert bins == {1.0: (1.0, 1), 0.8: (0.0, 1), 0.2: (1.0, 1), 0.6: (0.0, 1)}
    assert told["error"] == pytest.approx((0 + 0.8 + 0.8 + 0.6) / 4)
    assert paired([(77, 78, 0.9)], BEST)["bins"][0].seen == 0
