"""Cooling by a falling target of the acceptance."""

from math import exp

import pytest

from permq.search.schedule import Adaptive


def test_it_warms_when_too_little_is_accepted_and_cools_when_too_much():
    schedule = Adaptive(0.4, 0.01)
    assert schedule.temperature(1.0, 0.0, 0.1) > 1 > schedule.temperature(1.0, 0.0, 0.9)
    assert schedule.temperature(1.0, 0.0, 0.4) == 1
    assert schedule.temperature(1.0, 1.0, 0.01) == pytest.approx(1)


def test_one_correction_is_bounded():
    assert Adaptive(0.4, 0.001).temperature(1.0, 1.0, 1.0) == pytest.approx(exp(-0.3))


def test_it_finds_the_temperature_of_its_target():
    # where exp(-1 / T) is accepted, a fifth is accepted at T = 1 / ln 5
    schedule, temperature = Adaptive(0.2, 0.2), 50.0
    for _ in range(300):
        temperature = schedule.temperature(temperature, 0.5, exp(-1 / temperature))
    assert exp(-1 / temperature) == pytest.approx(0.2, rel=0.01)
