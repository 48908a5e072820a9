"""Surgery: shuffled windows are put right, the suspicious ones first."""

import numpy as np
import pytest

from permq.errors import OptionError
from permq.search.problem import Problem
from permq.search.surgery import SurgerySettings, surgery, suspicion
from tests.unit.search.neighbourhood_cases import least, rearranged, shuffled, toy


@pytest.mark.parametrize("first", [0, 2, 4])
def test_a_shuffled_window_is_restored(first):
    puzzle, inp, out = toy(3)
    start = shuffled(inp, out, first, list(range(first, first + 4)))
    found = surgery(Problem.of(puzzle), *start, SurgerySettings(size=4))
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)


def test_pairs_exchanged_inside_a_window_are_restored():
    puzzle, inp, out = toy(3, blocks=4)
    a, o = shuffled(inp, out, 0)
    o[[1, 3]] = o[[3, 1]]
    problem = Problem.of(puzzle)
    found = surgery(problem, a, o, SurgerySettings(size=4))
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)
    kept = surgery(problem, a, o, SurgerySettings(size=4, repair=False))
    pairs = set(zip(kept.inp.tolist(), kept.out.tolist(), strict=True))
    assert pairs == set(zip(a.tolist(), o.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_no_window_of_the_result_can_be_improved(seed):
    puzzle, inp, out = toy(seed)
    problem = Problem.of(puzzle)
    start = shuffled(inp, out, seed)
    found = surgery(problem, *start, SurgerySettings(size=3, repair=False))
    assert found.start_mse == problem.cost(*start)
    assert found.mse == problem.cost(found.inp, found.out)
    for first in range(len(inp) - 2):
        others = rearranged(found.inp, found.out, (first, first + 1, first + 2))
        assert least(problem, others) >= found.mse * (1 - 1e-4)


def test_locked_positions_stay_and_windows_reach_across_them():
    puzzle, inp, out = toy(3)
    a, o = shuffled(inp, out, 5, [2, 4])
    found = surgery(Problem.of(puzzle), a, o, SurgerySettings(size=2), locked=frozenset({3}))
    np.testing.assert_array_equal(found.inp, inp)
    a, o = shuffled(inp, out, 5, [3, 4])
    found = surgery(Problem.of(puzzle), a, o, SurgerySettings(size=3), locked=frozenset({3}))
    assert (found.inp[3], found.out[3]) == (a[3], o[3])


def test_with_one_free_position_nothing_happens():
    puzzle, inp, out = toy(3)
    start = shuffled(inp, out, 5)
    found = surgery(Problem.of(puzzle), *start, SurgerySettings(), locked=set(range(1, 8)))
    assert (found.evaluations, found.accepted) == (0, 0)


def test_steps_are_windows():
    puzzle, inp, out = toy(3)
    reports = []
    surgery(
        Problem.of(puzzle), *shuffled(inp, out, 5), SurgerySettings(steps=4), report=reports.append
    )
    assert [report.step for report in reports] == [1, 2, 3, 4]
    assert all(report.steps == 4 for report in reports)
    assert reports[0].note.startswith("positions ")


def test_it_is_deterministic_by_seed_and_stops_when_asked():
    puzzle, inp, out = toy(3)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 5)
    settings = SurgerySettings(steps=20, size=6, trials=50)
    one, other = (surgery(problem, *start, settings, 7) for _ in range(2))
    np.testing.assert_array_equal(one.inp, other.inp)
    np.testing.assert_array_equal(one.out, other.out)
    assert one.mse == other.mse
    stopped = surgery(problem, *start, settings, 7, stop=lambda: True)
    np.testing.assert_array_equal(stopped.inp, start[0])


def test_the_deepest_dip_is_the_most_suspicious_gap():
    cosines = np.array([0.7, 0.65, 0.2, 0.6, 0.3, 0.1])
    gaps = suspicion(cosines)
    assert gaps[0] == 2
    assert sorted(gaps) == list(range(6))
    assert suspicion(np.zeros(0)).tolist() == []


@pytest.mark.parametrize("options", [{"steps": -1}, {"size": 1}, {"size": 21}, {"trials": 0}])
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(OptionError):
        SurgerySettings(**options)
