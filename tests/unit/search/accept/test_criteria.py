"""Acceptance criteria."""

from math import exp, inf

import pytest

from permq.search.accept import CRITERIA


@pytest.mark.parametrize("name", sorted(CRITERIA))
def test_a_better_candidate_is_always_accepted(name):
    for draw in (0.0, 0.5, 1 - 2**-53):
        for temperature in (0.0, 1e-300, 0.1, 1e300):
            assert CRITERIA[name].limit(0.5, 0.5, temperature, draw) >= 0.5


def test_metropolis_accepts_with_the_probability_of_boltzmann():
    accept, draws = CRITERIA["metropolis"], [(k + 0.5) / 10_000 for k in range(10_000)]
    for rise in (0.01, 0.1, 0.3):
        taken = sum(accept.limit(1.0, 0.2, 0.1, draw) >= 1.0 + rise for draw in draws)
        assert taken / len(draws) == pytest.approx(exp(-rise / 0.1), abs=2e-4)


def test_metropolis_limits_are_finite():
    assert CRITERIA["metropolis"].limit(1.0, 1.0, 2.0, 1 - 2**-53) < inf


def test_greedy_ignores_the_temperature():
    assert CRITERIA["greedy"].limit(0.3, 0.1, 5.0, 0.99) == 0.3


def test_threshold_counts_from_the_current_and_record_from_the_best():
    assert CRITERIA["threshold"].limit(3.0, 1.0, 0.5, 0.7) == 3.5
    assert CRITERIA["record"].limit(3.0, 1.0, 0.5, 0.7) == 1.5
