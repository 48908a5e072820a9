import numpy as np

from permq.ordering.by_cost import beam_by_cost, greedy_by_cost
from permq.ordering.paired import Paired
from tests.toys import plain_forward, toy_puzzle


def partial_cost(puzzle, pair, order) -> float:
    inp = np.array(order, np.intp)
    return float(np.mean((plain_forward(puzzle, inp, pair[inp]) - puzzle.pred) ** 2))


def test_greedy_adds_the_block_of_least_cost_so_far() -> None:
    puzzle, _ = toy_puzzle(0, blocks=6)
    pair = np.array([5, 3, 1, 0, 2, 4])
    order, left = [], set(range(6))
    while left:
        order.append(min(left, key=lambda a: partial_cost(puzzle, pair, [*order, a])))
        left.remove(order[-1])
    assert greedy_by_cost(Paired.of(puzzle, pair)).tolist() == order


def test_a_beam_wide_enough_finds_the_best_order_of_few_blocks() -> None:
    puzzle, answer = toy_puzzle(1, blocks=3, scale=1.0)
    inp, out = puzzle.indices(answer)
    pair = out[np.argsort(inp)]
    # a beam keeps one order per set of blocks, the cheaper one so far, so three blocks may still
    # go astray; the last step compares what is left
    found = beam_by_cost(Paired.of(puzzle, pair), width=20)
    greedy = greedy_by_cost(Paired.of(puzzle, pair))
    assert partial_cost(puzzle, pair, found) <= partial_cost(puzzle, pair, greedy) + 1e-9


def test_a_beam_returns_every_block_once() -> None:
    puzzle, _ = toy_puzzle(2, blocks=7)
    assert sorted(beam_by_cost(Paired.of(puzzle, np.arange(7)), 3).tolist()) == list(range(7))
