"""The batched evaluation against the plain forward pass."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.search.problem import Problem
from permq.search.trie_evaluator import TrieEvaluator
from tests.unit.search.neighbourhood_cases import plain_cost, shuffled, toy


def relatives(inp, out, rng, count):
    """Arrangements that differ from a given one in few or many places, it itself among them."""
    inps, outs = np.tile(inp, (count, 1)), np.tile(out, (count, 1))
    for a, o in zip(inps[1:], outs[1:], strict=True):
        for layers in (a, o) if rng.random() < 0.5 else (o,):
            first, last = np.sort(rng.integers(len(inp) + 1, size=2))
            layers[first:last] = rng.permutation(layers[first:last])
    return inps, outs


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**20),
    blocks=st.integers(1, 7),
    width=st.integers(1, 7),
    hidden=st.integers(1, 9),
    outputs=st.integers(1, 3),
    activation=st.sampled_from(["relu", "gelu", "silu", "tanh"]),
    rows=st.integers(1, 70),
    count=st.integers(1, 30),
)
def test_batched_costs_equal_those_of_the_plain_forward_pass(
    seed, blocks, width, hidden, outputs, activation, rows, count
):
    puzzle, inp, out = toy(
        seed, blocks, width=width, hidden=hidden, outputs=outputs, activation=activation, rows=rows
    )
    rng = np.random.default_rng(seed)
    inp, out = shuffled(inp, out, seed)
    evaluator = TrieEvaluator(Problem.of(puzzle), inp, out)
    inps, outs = relatives(inp, out, rng, count)
    wanted = [plain_cost(puzzle, a, o) for a, o in zip(inps, outs, strict=True)]
    np.testing.assert_allclose(evaluator.costs(inps, outs), wanted, rtol=1e-4, atol=1e-10)
    np.testing.assert_allclose(evaluator.mse, plain_cost(puzzle, inp, out), rtol=1e-4, atol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_a_limit_leaves_exactly_the_costs_within_it(seed):
    puzzle, inp, out = toy(seed, rows=300)
    evaluator = TrieEvaluator(Problem.of(puzzle), *shuffled(inp, out, seed))
    inps, outs = relatives(inp, out, np.random.default_rng(seed), 50)
    whole = evaluator.costs(inps, outs)
    limit = float(np.median(whole)) * (1 + 1e-6)
    limited = evaluator.costs(inps, outs, limit)
    within = whole <= limit
    np.testing.assert_allclose(limited[within], whole[within], rtol=1e-5, atol=1e-12)
    assert np.isinf(limited[~within]).all()


def test_a_limit_saves_work():
    puzzle, inp, out = toy(1, rows=300)
    evaluator = TrieEvaluator(Problem.of(puzzle), inp, out)
    inps, outs = relatives(inp, out, np.random.default_rng(1), 50)
    evaluator.costs(inps, outs)
    whole = evaluator.block_rows
    evaluator.costs(inps, outs, evaluator.mse)
    assert evaluator.block_rows - whole < whole / 4


@pytest.mark.parametrize("seed", range(10))
def test_the_best_of_many_is_the_one_of_least_cost(seed):
    puzzle, inp, out = toy(seed, rows=200)
    evaluator = TrieEvaluator(Problem.of(puzzle), *shuffled(inp, out, seed + 1))
    inps, outs = relatives(inp, out, np.random.default_rng(seed), 30)
    inps, outs = inps[1:], outs[1:]
    costs = evaluator.costs(inps, outs)
    winner, lowest = evaluator.best(inps, outs, np.inf)
    assert lowest == pytest.approx(costs.min(), rel=1e-5, abs=1e-12)
    assert costs[winner] == pytest.approx(costs.min(), rel=1e-5, abs=1e-12)
    assert evaluator.best(inps, outs, costs.min() / 2) == (-1, np.inf)


def test_after_acceptance_costs_are_those_of_the_new_current_arrangement():
    puzzle, inp, out = toy(3, rows=90)
    rng = np.random.default_rng(3)
    evaluator = TrieEvaluator(Problem.of(puzzle), inp, out)
    for _ in range(8):
        inps, outs = relatives(evaluator.inp, evaluator.out, rng, 12)
        wanted = [plain_cost(puzzle, a, o) for a, o in zip(inps, outs, strict=True)]
        np.testing.assert_allclose(evaluator.costs(inps, outs), wanted, rtol=1e-4, atol=1e-10)
        evaluator.accept(inps[-1], outs[-1], wanted[-1])
        assert evaluator.mse == wanted[-1]


def test_an_overflowing_arrangement_costs_infinitely_much():
    puzzle, inp, out = toy(0)
    problem = Problem.of(replace(puzzle, w_out=puzzle.w_out * np.float32(1e12)))
    evaluator = TrieEvaluator(problem, inp, out)
    assert evaluator.mse == evaluator.result().mse == np.inf
    inps, outs = relatives(inp, out, np.random.default_rng(0), 10)
    assert np.isinf(evaluator.costs(inps, outs)).all()
    assert evaluator.best(inps, outs, np.inf) == (-1, np.inf)


def test_the_seed_changes_the_costs_by_rounding_only():
    puzzle, inp, out = toy(4, rows=130)
    problem = Problem.of(puzzle)
    inps, outs = relatives(*shuffled(inp, out, 2), np.random.default_rng(0), 20)
    one, other = (TrieEvaluator(problem, inp, out, seed).costs(inps, outs) for seed in (0, 1))
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_the_right_answer_is_finished_and_a_disturbed_one_is_not():
    puzzle, inp, out = toy(0)
    assert TrieEvaluator(Problem.of(puzzle), inp, out).finished
    assert not TrieEvaluator(Problem.of(puzzle), *shuffled(inp, out, 0)).finished


def test_what_the_stop_came_before_is_not_known_and_the_rest_is_right():
    puzzle, inp, out = toy(3, rows=1000)
    start = shuffled(inp, out, 3)
    inps, outs = relatives(*start, np.random.default_rng(3), 200)  # several batches
    asked = []
    whole = evaluated(puzzle, start, inps, outs, stop=lambda: bool(asked.append(1)))
    known = []
    for patience in [0, *range(len(asked) - 30, len(asked) + 1)]:
        left = iter([False] * patience)
        costs = evaluated(puzzle, start, inps, outs, stop=partial(next, left, True))
        finite = np.isfinite(costs)
        np.testing.assert_array_equal(costs[finite], whole[finite])
        known.append(int(finite.sum()))
    assert known == sorted(known)
    assert (known[0], known[-1]) == (0, len(whole))
    assert any(0 < number < len(whole) for number in known)


def evaluated(puzzle, start, inps, outs, stop):
    """Costs by an evaluator that may be stopped."""
    return TrieEvaluator(Problem.of(puzzle), *start, stop=stop).costs(inps, outs)
