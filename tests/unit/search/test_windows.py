"""Windows: all orders, all re-pairings, and the best of them."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest

from permq.search.problem import Problem
from permq.search.trie_evaluator import TrieEvaluator
from permq.search.windows import free_positions, improve_window, orders, window_trials
from tests.unit.search.neighbourhood_cases import least, rearranged, shuffled, toy

INP, OUT = np.arange(10, 18), np.arange(20, 28)


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("k", range(1, 7))
def test_orders_are_the_permutations_in_lexicographic_order(k):
    numbers = np.arange(factorial(k))
    assert orders(numbers, k).tolist() == [list(order) for order in permutations(range(k))]


def test_the_last_order_of_twenty_is_the_reversed_one():
    assert orders(np.array([factorial(20) - 1]), 20)[0].tolist() == list(range(20))[::-1]


def distinct(trials):
    return {(*a.tolist(), *o.tolist()) for a, o in zip(*trials, strict=True)}


@pytest.mark.parametrize("positions", [[3], [2, 5], [0, 1, 7], [1, 2, 3, 4]])
@pytest.mark.parametrize("repair", [False, True])
def test_a_window_has_every_other_arrangement_once(positions, repair):
    trials = window_trials(INP, OUT, np.array(positions), 10_000, rng(), repair=repair)
    count = factorial(len(positions)) ** (2 if repair else 1) - 1
    assert len(trials[0]) == count == len(distinct(trials))
    assert (*INP.tolist(), *OUT.tolist()) not in distinct(trials)
    outside = np.setdiff1d(np.arange(8), positions)
    assert (trials[0][:, outside] == INP[outside]).all()
    assert (trials[1][:, outside] == OUT[outside]).all()
    if not repair:
        assert (trials[1] - trials[0] == 10).all()


@pytest.mark.parametrize(("size", "limit"), [(5, 30), (8, 100), (8, 40_000)])
@pytest.mark.parametrize("repair", [False, True])
def test_too_many_arrangements_are_sampled_without_repetition(size, limit, repair):
    trials = window_trials(INP, OUT, np.arange(size), limit, rng(), repair=repair)
    assert len(trials[0]) == limit == len(distinct(trials))


def test_orders_come_before_repairings():
    inps, outs = window_trials(INP, OUT, np.arange(4), 100, rng(), repair=True)
    assert (outs[:23] - inps[:23] == 10).all()
    assert ((outs[23:] - inps[23:]) != 10).any(axis=1).all()


def test_a_very_large_window_is_sampled():
    inp, out = np.arange(30), np.arange(30)
    inps, outs = window_trials(inp, out, np.arange(5, 20), 200, rng(), repair=True)
    assert len(inps) == 200
    assert (np.sort(inps, axis=1) == inp).all()
    assert (np.sort(outs, axis=1) == out).all()


@pytest.mark.parametrize("seed", range(8))
def test_the_best_of_all_orders_is_found(seed):
    puzzle, inp, out = toy(seed, outputs=1 + seed % 2)
    problem = Problem.of(puzzle)
    a, o = shuffled(inp, out, seed)
    positions = np.sort(np.random.default_rng(seed).choice(8, 4, replace=False))
    evaluator = TrieEvaluator(problem, a, o)
    wanted = least(problem, rearranged(a, o, tuple(positions.tolist())))
    found = improve_window(evaluator, positions, 10_000, rng())
    assert found == (wanted < evaluator.start_mse)
    assert evaluator.mse == pytest.approx(min(wanted, evaluator.start_mse), rel=1e-4, abs=1e-10)
    assert evaluator.result().mse == pytest.approx(evaluator.mse, rel=1e-4, abs=1e-10)


def test_a_re_paired_window_is_restored():
    puzzle, inp, out = toy(2)
    a, o = shuffled(inp, out, 1, [2, 3, 5])
    o[[2, 5]] = o[[5, 2]]
    evaluator = TrieEvaluator(Problem.of(puzzle), a, o)
    assert improve_window(evaluator, np.array([2, 3, 5]), 10_000, rng(), repair=True)
    np.testing.assert_array_equal(evaluator.inp, inp)
    np.testing.assert_array_equal(evaluator.out, out)


def test_free_positions_are_those_not_locked():
    assert free_positions(6, {1, 4}).tolist() == [0, 2, 3, 5]
