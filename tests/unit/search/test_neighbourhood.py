"""Large neighbourhood search."""

import numpy as np
import pytest

from permq.errors import OptionError
from permq.search.neighbourhood import (
    CHOICES,
    NeighbourhoodSettings,
    drawn,
    harmful,
    neighbourhood_search,
)
from permq.search.problem import Problem
from permq.search.trie_evaluator import TrieEvaluator
from tests.unit.search.neighbourhood_cases import shuffled, toy


@pytest.mark.parametrize("choose", CHOICES)
def test_a_small_disturbance_is_put_right(choose):
    puzzle, inp, out = toy(3)
    start = shuffled(inp, out, 1, [2, 3, 4])
    settings = NeighbourhoodSettings(steps=100, choose=choose)
    found = neighbourhood_search(Problem.of(puzzle), *start, settings, 0)
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)


def test_freeing_everything_finds_the_answer_in_one_step():
    puzzle, inp, out = toy(4, blocks=6)
    start = shuffled(inp, out, 1)
    settings = NeighbourhoodSettings(steps=1, size=6)
    found = neighbourhood_search(Problem.of(puzzle), *start, settings, 0)
    np.testing.assert_array_equal(found.inp, inp)
    assert found.evaluations == 719


def test_re_pairing_restores_exchanged_output_layers():
    puzzle, inp, out = toy(4)
    o = out.copy()
    o[[2, 3]] = o[[3, 2]]
    settings = NeighbourhoodSettings(steps=60, size=3, repair=True)
    found = neighbourhood_search(Problem.of(puzzle), inp, o, settings, 0)
    np.testing.assert_array_equal(found.out, out)


def test_costs_never_rise_and_are_those_of_the_problem():
    puzzle, inp, out = toy(5)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 2)
    reports = []
    settings = NeighbourhoodSettings(steps=30, size=3)
    found = neighbourhood_search(problem, *start, settings, 1, report=reports.append)
    costs = [report.current for report in reports]
    assert costs == sorted(costs, reverse=True)
    assert found.mse == problem.cost(found.inp, found.out)
    assert found.start_mse == problem.cost(*start)


def test_locked_positions_stay():
    puzzle, inp, out = toy(5)
    a, o = shuffled(inp, out, 2)
    settings = NeighbourhoodSettings(steps=30, repair=True)
    found = neighbourhood_search(Problem.of(puzzle), a, o, settings, 1, locked=frozenset({0, 6}))
    assert found.accepted > 0
    np.testing.assert_array_equal(found.inp[[0, 6]], a[[0, 6]])
    np.testing.assert_array_equal(found.out[[0, 6]], o[[0, 6]])
    everything = neighbourhood_search(Problem.of(puzzle), a, o, settings, 1, locked=set(range(8)))
    np.testing.assert_array_equal(everything.inp, a)


def test_it_is_deterministic_by_seed_and_stops_when_asked():
    puzzle, inp, out = toy(5)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 2)
    settings = NeighbourhoodSettings(steps=10, size=4)
    one, other = (neighbourhood_search(problem, *start, settings, 3) for _ in range(2))
    np.testing.assert_array_equal(one.inp, other.inp)
    assert one.evaluations == other.evaluations
    stopped = neighbourhood_search(problem, *start, settings, 3, stop=lambda: True)
    assert stopped.evaluations == 0


def test_weights_draw_positions_by_their_chance():
    rng = np.random.default_rng(0)
    weights = np.array([0, 1, 0, 3, 0, 0])
    free = np.array([0, 1, 2, 3, 5])
    draws = [drawn(free, weights, 1, rng)[0] for _ in range(400)]
    assert set(draws) == {1, 3}
    assert 240 < draws.count(3) < 360
    assert set(drawn(free, weights, 3, rng)) > {1, 3}
    assert drawn(free, weights, 5, rng).tolist() == free.tolist()


def test_the_most_harmful_block_is_the_one_whose_removal_helps_most():
    puzzle, inp, out = toy(6)
    problem = Problem.of(puzzle)
    a, o = shuffled(inp, out, 1)
    weights = harmful(TrieEvaluator(problem, a, o))
    without = [problem.cost(np.delete(a, t), np.delete(o, t)) for t in range(8)]
    assert weights.argmax() == np.argmin(without)
    assert weights.max() == 1
    assert weights.min() == 1 / 8


@pytest.mark.parametrize(
    "options",
    [{"steps": -1}, {"size": 1}, {"trials": 0}, {"choose": "best"}, {"weights": (1.0, -1.0)}],
)
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(OptionError):
        NeighbourhoodSettings(**options)


def test_weights_must_fit_the_positions():
    puzzle, inp, out = toy(5)
    with pytest.raises(OptionError, match="2 weights for 8 positions"):
        neighbourhood_search(
            Problem.of(puzzle), inp, out, NeighbourhoodSettings(weights=(1.0, 2.0))
        )
