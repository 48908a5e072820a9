"""Geometric cooling."""

import pytest

from permq.search.schedule import Geometric


def test_it_runs_from_hot_to_cold_by_equal_factors():
    schedule = Geometric(8.0, 0.5)
    found = [schedule.temperature(1.0, done, 0.5) for done in (0, 0.25, 0.5, 0.75, 1)]
    assert found == pytest.approx([8, 4, 2, 1, 0.5])


def test_a_temperature_of_zero_stays_zero():
    assert Geometric(0.0, 0.0).temperature(1.0, 0.5, 0.1) == 0
    assert Geometric(1.0, 0.0).temperature(1.0, 0.5, 0.1) == 0
