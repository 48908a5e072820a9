import numpy as np
import pytest

from permq.ordering.greedy_by_state import greedy_by_state, greedy_by_state_largest
from permq.ordering.paired import Paired
from tests.toys import PLAIN_ACTIVATIONS, toy_puzzle


def plain_greedy(puzzle, pair, size, best) -> list[int]:
    x, left, order = puzzle.x.astype(np.float64), set(range(puzzle.blocks)), []
    while left:
        changes = {}
        for a in sorted(left):
            hidden = PLAIN_ACTIVATIONS[puzzle.activation](x @ puzzle.w_in[a].T + puzzle.b_in[a])
            changes[a] = hidden @ puzzle.w_out[pair[a]].T + puzzle.b_out[pair[a]]
        order.append(best(left, key=lambda a: size(changes[a])))
        left.remove(order[-1])
        x = x + changes[order[-1]]
    return order


def mean_norm(change) -> float:
    return float(np.linalg.norm(change, axis=1).mean())


def mean_square(change) -> float:
    return float(np.square(change).sum(axis=1).mean())


@pytest.mark.parametrize("activation", ["relu", "gelu", "silu", "tanh"])
@pytest.mark.parametrize("seed", range(3))
def test_the_next_block_changes_the_state_least(activation, seed) -> None:
    puzzle, _ = toy_puzzle(seed, blocks=9, activation=activation)
    pair = np.random.default_rng(seed).permutation(9)
    blocks = Paired.of(puzzle, pair)
    assert greedy_by_state(blocks).tolist() == plain_greedy(puzzle, pair, mean_norm, min)
    squared = greedy_by_state(blocks, squared=True).tolist()
    assert squared == plain_greedy(puzzle, pair, mean_square, min)
    largest = greedy_by_state_largest(blocks).tolist()
    assert largest == plain_greedy(puzzle, pair, mean_norm, max)


def test_a_window_of_all_blocks_changes_nothing_and_a_small_one_keeps_a_permutation() -> None:
    puzzle, _ = toy_puzzle(4, blocks=20)
    blocks = Paired.of(puzzle, np.arange(20))
    exact = greedy_by_state(blocks)
    np.testing.assert_array_equal(greedy_by_state(blocks, window=20), exact)
    assert sorted(greedy_by_state(blocks, window=3).tolist()) == list(range(20))


def test_the_inputs_are_left_as_they_were() -> None:
    puzzle, _ = toy_puzzle(5)
    blocks = Paired.of(puzzle, np.arange(5))
    before = blocks.columns.copy()
    greedy_by_state(blocks)
    np.testing.assert_array_equal(blocks.columns, before)
