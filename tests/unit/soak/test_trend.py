"""What counts as growth."""

from random import Random

import pytest

from tests.soak.trend import Limit, slope, trend

TIMES = [10.0 * number for number in range(180)]


def test_a_steady_growth_is_found_through_noise():
    rng = Random(1)
    values = [100 + at / 3600 * 20 + rng.gauss(0, 2) for at in TIMES]
    found = trend(TIMES, values, Limit(10))
    assert found.an_hour == pytest.approx(20, abs=3)
    assert not found.kept


def test_what_stays_as_it_is_keeps_any_limit():
    found = trend(TIMES, [7.0] * len(TIMES), Limit(0))
    assert (found.an_hour, found.grown, found.kept) == (0.0, 0.0, True)


def test_a_spike_and_a_jump_near_the_beginning_are_no_growth():
    values = [5.0] * 20 + [50.0] + [9.0] * 159
    assert slope(TIMES, values) == 0


def test_slack_is_for_what_comes_and_goes_and_does_not_grow_with_time():
    values = [10 + at / 100 for at in TIMES]  # 17.9 in half an hour
    assert trend(TIMES, values, Limit(0, slack=18)).kept
    assert not trend(TIMES, values, Limit(0, slack=17)).kept
    assert trend(TIMES, values, Limit(37)).kept
    assert trend(TIMES, values, None).kept
