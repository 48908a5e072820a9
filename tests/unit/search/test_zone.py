"""The search over uncertain positions."""

import numpy as np
import pytest

from permq.errors import OptionError
from permq.search.problem import Problem
from permq.search.zone import ZoneSettings, zone
from tests.unit.search.neighbourhood_cases import least, rearranged, shuffled, toy

ZONE = (1, 4, 5, 7)


@pytest.mark.parametrize("trials", [24, 0])
def test_a_shuffled_zone_is_restored_by_enumeration_or_annealing(trials):
    puzzle, inp, out = toy(2)
    start = shuffled(inp, out, 3, list(ZONE))
    settings = ZoneSettings(ZONE, trials=trials, steps=400)
    found = zone(Problem.of(puzzle), *start, settings, 1)
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)


@pytest.mark.parametrize("seed", range(4))
def test_enumeration_finds_the_best_of_all_orders(seed):
    puzzle, inp, out = toy(seed)
    problem = Problem.of(puzzle)
    start = shuffled(inp, out, seed)
    found = zone(problem, *start, ZoneSettings(ZONE))
    wanted = min(found.start_mse, least(problem, rearranged(*start, ZONE)))
    assert found.mse == pytest.approx(wanted, rel=1e-4)
    assert found.mse == problem.cost(found.inp, found.out)
    assert found.evaluations == 23


@pytest.mark.parametrize("trials", [24, 0])
def test_outside_the_zone_nothing_moves_and_pairs_stay(trials):
    puzzle, inp, out = toy(2)
    a, o = shuffled(inp, out, 3)
    settings = ZoneSettings(ZONE, trials=trials, steps=200)
    found = zone(Problem.of(puzzle), a, o, settings, 1, locked=frozenset({4}))
    outside = [0, 2, 3, 4, 6]
    np.testing.assert_array_equal(found.inp[outside], a[outside])
    np.testing.assert_array_equal(found.out[outside], o[outside])
    assert dict(zip(found.inp, found.out, strict=True)) == dict(zip(a, o, strict=True))


@pytest.mark.parametrize("trials", [5040, 0])
def test_it_is_deterministic_by_seed_and_stops_when_asked(trials):
    puzzle, inp, out = toy(2)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 3)
    settings = ZoneSettings(tuple(range(7)), trials=trials, steps=100)
    one, other = (zone(problem, *start, settings, 5) for _ in range(2))
    np.testing.assert_array_equal(one.inp, other.inp)
    assert one.mse == other.mse
    stopped = zone(problem, *start, settings, 5, stop=lambda: True)
    np.testing.assert_array_equal(stopped.inp, start[0])
    np.testing.assert_array_equal(stopped.out, start[1])


def test_it_reports_how_many_orders_are_tried():
    puzzle, inp, out = toy(2)
    reports = []
    zone(
        Problem.of(puzzle),
        *shuffled(inp, out, 3),
        ZoneSettings(tuple(range(7))),
        report=reports.append,
    )
    assert reports[-1].step == reports[-1].steps == 5040


@pytest.mark.parametrize(
    "options",
    [{"positions": (1, 1)}, {"positions": (1,), "trials": -1}, {"positions": (), "steps": -1}],
)
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(OptionError):
        ZoneSettings(**options)


def test_positions_that_are_not_there_are_refused():
    puzzle, inp, out = toy(2)
    with pytest.raises(OptionError, match="positions are 0 to 7"):
        zone(Problem.of(puzzle), inp, out, ZoneSettings((3, 8)))
