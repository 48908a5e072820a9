"""The swap cascade against the definition of a local optimum."""

import numpy as np
import pytest

from permq.errors import OptionError
from permq.search.cascade import CascadeSettings, cascade
from permq.search.problem import Problem
from tests.unit.search.neighbourhood_cases import all_swaps, least, shuffled, toy


@pytest.mark.parametrize("seed", range(6))
def test_no_swap_improves_the_result(seed):
    puzzle, inp, out = toy(seed)
    problem = Problem.of(puzzle)
    found = cascade(problem, *shuffled(inp, out, seed), CascadeSettings())
    assert found.mse <= found.start_mse
    assert least(problem, all_swaps(found.inp, found.out)) >= found.mse * (1 - 1e-4)


def test_one_round_keeps_the_best_swap_and_others_that_do_not_overlap():
    puzzle, inp, out = toy(2)
    problem = Problem.of(puzzle)
    start = shuffled(inp, out, 2)
    found = cascade(problem, *start, CascadeSettings(rounds=1))
    assert found.mse <= least(problem, all_swaps(*start)) * (1 + 1e-4)
    assert (found.inp != start[0]).sum() == 2 * found.accepted


@pytest.mark.parametrize("activation", ["relu", "gelu", "silu", "tanh"])
def test_a_swap_is_undone(activation):
    puzzle, inp, out = toy(5, activation=activation, outputs=2)
    found = cascade(Problem.of(puzzle), *shuffled(inp, out, 0, [1, 6]), CascadeSettings())
    assert found.accepted == 1
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)


@pytest.mark.parametrize("layers", ["input", "output"])
def test_swapped_layers_of_one_kind_are_put_right(layers):
    puzzle, inp, out = toy(7)
    a, o = inp.copy(), out.copy()
    changed = a if layers == "input" else o
    changed[[2, 5]] = changed[[5, 2]]
    found = cascade(Problem.of(puzzle), a, o, CascadeSettings(layers=layers))
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)


def test_locked_positions_stay():
    puzzle, inp, out = toy(1)
    a, o = shuffled(inp, out, 3)
    locked = frozenset({0, 3, 6})
    found = cascade(Problem.of(puzzle), a, o, CascadeSettings(), locked=locked)
    assert found.accepted > 0
    for position in locked:
        assert (found.inp[position], found.out[position]) == (a[position], o[position])


def test_with_everything_locked_nothing_happens():
    puzzle, inp, out = toy(1)
    found = cascade(
        Problem.of(puzzle), inp[::-1], out[::-1], CascadeSettings(), locked=set(range(8))
    )
    np.testing.assert_array_equal(found.inp, inp[::-1])
    assert (found.evaluations, found.accepted) == (0, 0)


def test_the_result_tells_its_costs():
    puzzle, inp, out = toy(4)
    problem = Problem.of(puzzle)
    start = shuffled(inp, out, 9)
    found = cascade(problem, *start, CascadeSettings())
    assert found.mse == problem.cost(found.inp, found.out)
    assert found.start_mse == problem.cost(*start)


def test_the_start_is_left_alone():
    puzzle, inp, out = toy(4)
    start = shuffled(inp, out, 9)
    kept = [layers.copy() for layers in start]
    cascade(Problem.of(puzzle), *start, CascadeSettings())
    np.testing.assert_array_equal(start, kept)


def test_the_same_seed_gives_the_same_result():
    puzzle, inp, out = toy(6)
    runs = [cascade(Problem.of(puzzle), *shuffled(inp, out, 1), CascadeSettings(), 3) for _ in "12"]
    np.testing.assert_array_equal(runs[0].inp, runs[1].inp)
    assert runs[0].mse == runs[1].mse
    assert runs[0].evaluations == runs[1].evaluations


def test_it_stops_when_asked():
    puzzle, inp, out = toy(6)
    found = cascade(
        Problem.of(puzzle), *shuffled(inp, out, 1), CascadeSettings(), stop=lambda: True
    )
    assert (found.evaluations, found.accepted) == (0, 0)
    assert found.mse == found.start_mse


def test_the_best_swap_found_by_the_stop_is_made():
    puzzle, inp, out = toy(6)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 1)
    told = []
    found = cascade(problem, *start, CascadeSettings(), report=told.append, stop=lambda: told != [])
    assert found.accepted == 1
    assert told[0].best < told[0].current == found.start_mse
    assert found.mse == pytest.approx(told[0].best, rel=1e-5)


def test_it_reports_rounds_and_falling_costs():
    puzzle, inp, out = toy(6)
    reports = []
    found = cascade(
        Problem.of(puzzle), *shuffled(inp, out, 1), CascadeSettings(), report=reports.append
    )
    best = [report.best for report in reports]
    assert best == sorted(best, reverse=True)
    assert best[-1] == pytest.approx(found.mse, rel=1e-4, abs=1e-10)
    assert all(0 <= report.step <= report.steps for report in reports)
    assert "round 1" in reports[0].note


@pytest.mark.parametrize("options", [{"rounds": -1}, {"reach": 0}, {"layers": "none"}])
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(OptionError):
        CascadeSettings(**options)
