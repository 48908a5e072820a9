"""The cooling clock."""

import pytest

from permq.search.schedule import Clock


def test_it_runs_evenly_to_one():
    assert [Clock().at(step, 10) for step in (0, 5, 10, 12)] == [0, 0.5, 1, 1]


def test_set_back_it_still_ends_with_the_budget():
    clock = Clock().set_back(60, 100, 0.4)
    assert clock == (60, pytest.approx(0.2))
    assert clock.at(60, 100) == pytest.approx(0.2)
    assert clock.at(80, 100) == pytest.approx(0.6)
    assert clock.at(100, 100) == 1


def test_it_is_never_set_back_before_the_start():
    assert Clock().set_back(10, 100, 0.5) == (10, 0)
