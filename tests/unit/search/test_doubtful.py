"""Doubtful exchanges, by score and by cost."""

import numpy as np
import pytest

from permq.pairing.registry import SCORES
from permq.search.doubtful import doubtful_by_cost, doubtful_by_score
from permq.search.problem import Problem
from tests.unit.search.neighbourhood_cases import shuffled, toy


def test_the_exchange_a_score_minds_least_comes_first():
    cost = np.ones((4, 4)) - np.eye(4)
    cost[1, 3] = cost[3, 1] = 0.1
    cost[0, 2] = cost[2, 0] = 0.4
    order = np.array([3, 0, 1, 2])  # layers 3 and 1 stand at positions 0 and 2
    assert doubtful_by_score(cost, order, order, 1) == ((0, 2),)
    assert doubtful_by_score(cost, order, order, 5) == ((0, 2), (1, 3))


def test_exchanged_pairs_are_the_most_doubtful_ones():
    puzzle, inp, out = toy(1, signal=0.9)
    o = out.copy()
    o[[2, 6]] = o[[6, 2]]
    assert doubtful_by_score(SCORES["trace"].cost(puzzle), inp, o, 1) == ((2, 6),)
    assert doubtful_by_cost(Problem.of(puzzle), inp, o, 1) == ((2, 6),)


@pytest.mark.parametrize("layers", ["output", "both"])
def test_by_cost_it_is_the_exchange_of_least_cost(layers):
    puzzle, inp, out = toy(1)
    problem, (a, o) = Problem.of(puzzle), shuffled(inp, out, 2)
    costs = {}
    for i in range(8):
        for j in range(i):
            b, p = a.copy(), o.copy()
            p[[i, j]] = p[[j, i]]
            if layers == "both":
                b[[i, j]] = b[[j, i]]
            costs[j, i] = problem.cost(b, p)
    (found,) = doubtful_by_cost(problem, a, o, 1, layers=layers)
    assert costs[found] == pytest.approx(min(costs.values()))


def test_after_the_stop_nothing_more_is_evaluated():
    puzzle, inp, out = toy(1)
    asked = []
    found = doubtful_by_cost(Problem.of(puzzle), inp, out, 2, stop=lambda: not asked.append(1))
    assert len(asked) == 1
    assert found == ((0, 1), (2, 3))


def test_no_position_stands_in_two_exchanges_and_locked_ones_in_none():
    puzzle, inp, out = toy(1)
    pairs = doubtful_by_cost(Problem.of(puzzle), inp, out, 10, locked=frozenset({3}))
    positions = [position for pair in pairs for position in pair]
    assert len(pairs) == 3
    assert len(set(positions)) == 6
    assert 3 not in positions
