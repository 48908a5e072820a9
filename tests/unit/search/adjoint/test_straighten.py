"""Inversions of neighbours are fitted together and removed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.core.network import Network
from permq.search.adjoint.effects import effects
from permq.search.adjoint.straighten import neighbour_effects, straighten
from permq.search.problem import Problem
from tests.puzzle_files import SMALL
from tests.toys import plain_forward, toy_puzzle


@pytest.fixture(scope="module")
def trained():
    """The shipped network on its first rows, and its answer."""
    puzzle = load_puzzle(SMALL)
    return Problem.of(puzzle, 128), *puzzle.indices(Arrangement.read(SMALL / "answer.txt"))


def with_swaps(inp, out, places):
    """The blocks at each of the places exchanged with the next."""
    inp, out = inp.copy(), out.copy()
    for t in places:
        for layers in (inp, out):
            layers[[t, t + 1]] = layers[[t + 1, t]]
    return inp, out


@settings(max_examples=40)
@given(
    st.integers(0, 99),
    st.integers(1, 6),
    st.integers(1, 3),
    st.sampled_from(["relu", "gelu", "silu", "tanh"]),
)
def test_neighbour_effects_are_those_of_the_full_screening(seed, blocks, outputs, activation):
    puzzle, _ = toy_puzzle(seed, blocks, outputs=outputs, activation=activation, rows=7)
    network, local = Network(puzzle, np.float64), np.random.default_rng(seed).permutation(blocks)
    error, effect = neighbour_effects(network, local, local, network.columns(puzzle.x), puzzle.pred)
    found = effects(network, local, local, puzzle.x, puzzle.pred, repair=False)
    np.testing.assert_allclose(error, found.error, atol=1e-12)
    np.testing.assert_allclose(effect, found.neighbours, atol=1e-12)


@pytest.mark.parametrize("outputs", [1, 3])
def test_the_effect_of_the_last_swap_is_exact(outputs):
    puzzle, _ = toy_puzzle(3, outputs=outputs)
    network, local = Network(puzzle, np.float64), np.arange(puzzle.blocks)
    error, effect = neighbour_effects(network, local, local, network.columns(puzzle.x), puzzle.pred)
    swapped = plain_forward(puzzle, *with_swaps(local, local, [puzzle.blocks - 2]))
    whole = plain_forward(puzzle, local, local)
    np.testing.assert_allclose(error, (whole - puzzle.pred).T.ravel(), atol=1e-6)
    np.testing.assert_allclose(effect[-1], (swapped - whole).T.ravel(), atol=1e-6)


@pytest.mark.parametrize("places", [[0], [10], [3, 7], [1, 4, 8], [0, 2, 5, 10], [0, 2, 4, 6, 8]])
def test_inversions_of_a_trained_network_are_removed_at_once(trained, places):
    problem, inp, out = trained
    current = problem.evaluator(*with_swaps(inp, out, places))
    assert straighten(problem, current, target=1e-12) > 0
    np.testing.assert_array_equal(current.inp, inp)
    np.testing.assert_array_equal(current.out, out)
    assert current.mse == pytest.approx(problem.cost(inp, out), rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_it_never_worsens_and_the_cost_is_that_of_the_arrangement(seed):
    puzzle, _ = toy_puzzle(seed, blocks=7, scale=0.3)
    problem, rng = Problem.of(puzzle), np.random.default_rng(seed)
    order, pair = rng.permutation(7), rng.permutation(7)
    current = problem.evaluator(order, pair[order])
    before = current.mse
    straighten(problem, current)
    assert current.mse <= before
    assert current.mse == pytest.approx(problem.cost(current.inp, current.out), rel=1e-4)
    np.testing.assert_array_equal(current.out, pair[current.inp])
    assert sorted(current.inp) == list(range(7))


def test_it_stops_where_nothing_is_left_to_do(trained):
    problem, inp, out = trained
    start = with_swaps(inp, out, [3])
    for words in ({"stop": lambda: True}, {"target": np.inf}, {"rounds": 0}):
        current = problem.evaluator(*start)
        assert straighten(problem, current, **words) == 0
        assert current.evaluations == 1
        np.testing.assert_array_equal(current.inp, start[0])


def test_a_single_block_is_straight():
    puzzle, _ = toy_puzzle(0, blocks=1)
    problem, local = Problem.of(puzzle), np.arange(1)
    assert straighten(problem, problem.evaluator(local, local)) == 0
