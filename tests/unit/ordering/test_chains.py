from itertools import pairwise, permutations

import numpy as np
import pytest

from permq.ordering.condition_chain import condition_chain, condition_costs, shortest_path
from permq.ordering.direction_chain import direction_chain
from permq.ordering.measures.jacobian import mean_jacobians
from permq.ordering.paired import Paired
from tests.toys import toy_puzzle


def length(costs, path) -> float:
    return sum(costs[a, b] for a, b in pairwise(path))


@pytest.mark.parametrize("seed", range(10))
def test_the_path_through_few_nodes_is_nearly_the_shortest(seed) -> None:
    costs = np.random.default_rng(seed).random((6, 6))
    best = min(length(costs, path) for path in permutations(range(6)))
    found = shortest_path(costs)
    assert sorted(found.tolist()) == list(range(6))
    assert length(costs, found) <= 1.35 * best


def test_a_path_laid_out_on_purpose_is_found_in_its_direction() -> None:
    costs = np.ones((7, 7))
    hidden = [3, 0, 6, 2, 5, 1, 4]
    for a, b in pairwise(hidden):
        costs[a, b] = 0.1
    assert shortest_path(costs).tolist() == hidden


def test_one_node_is_a_path() -> None:
    assert shortest_path(np.zeros((1, 1))).tolist() == [0]


def test_condition_costs_are_those_of_the_two_steps_in_sequence() -> None:
    puzzle, _ = toy_puzzle(0, blocks=4)
    blocks = Paired.of(puzzle, np.arange(4))
    steps = np.eye(6) + mean_jacobians(blocks)
    expected = np.log(np.linalg.cond(steps[2] @ steps[1]))
    assert condition_costs(blocks)[1, 2] == pytest.approx(expected, rel=1e-6)
    assert sorted(condition_chain(blocks).tolist()) == [0, 1, 2, 3]


def test_the_direction_chain_goes_on_to_the_most_similar_change() -> None:
    puzzle, _ = toy_puzzle(1, blocks=6)
    pair = np.array([3, 1, 0, 5, 4, 2])
    blocks = Paired.of(puzzle, pair)
    chain = direction_chain(blocks).tolist()
    flat = [blocks.change(a, blocks.columns)[:-1].ravel() for a in range(6)]
    flat = [change / np.linalg.norm(change) for change in flat]
    sizes = [np.linalg.norm(puzzle.w_out[o]) for o in pair]
    assert chain[0] == int(np.argmin(sizes))
    for place in range(1, 6):
        cosines = {a: flat[a] @ flat[chain[place - 1]] for a in chain[place:]}
        assert chain[place] == max(cosines, key=cosines.__getitem__)
