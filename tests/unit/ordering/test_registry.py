import numpy as np
import pytest

from permq.errors import OptionError
from permq.ordering.paired import Paired
from permq.ordering.registry import SEEDS
from permq.ordering.table import seed_orders
from tests.toys import plain_forward, toy_puzzle


@pytest.mark.parametrize("name", sorted(SEEDS))
@pytest.mark.parametrize("shape", [{}, {"blocks": 1}, {"activation": "gelu", "outputs": 2}])
def test_every_seed_orders_every_block_once_and_is_deterministic(name, shape) -> None:
    puzzle, _ = toy_puzzle(0, **shape)
    pair = np.random.default_rng(1).permutation(puzzle.blocks)
    seed = SEEDS[name]
    order = seed.order(Paired.of(puzzle, pair))
    assert order.dtype == np.intp
    assert sorted(order.tolist()) == list(range(puzzle.blocks))
    np.testing.assert_array_equal(seed.order(Paired.of(puzzle, pair)), order)
    np.testing.assert_array_equal(seed.order(Paired.of(puzzle, pair), reverse=True), order[::-1])


def test_seeds_are_known_by_their_own_names_and_say_what_they_do() -> None:
    assert all(name == seed.name and seed.title for name, seed in SEEDS.items())


def test_all_seeds_come_in_both_directions_with_their_costs_best_first() -> None:
    puzzle, _ = toy_puzzle(2)
    pair = np.array([3, 1, 4, 0, 2])
    found = seed_orders(Paired.of(puzzle, pair, rows=25))
    assert {(guess.name, guess.direction) for guess in found} == {
        (name, direction) for name in SEEDS for direction in ("forward", "reversed")
    }
    assert [guess.mse for guess in found] == sorted(guess.mse for guess in found)
    for guess in found:
        np.testing.assert_array_equal(guess.out, pair[guess.inp])
        expected = np.mean((plain_forward(puzzle, guess.inp, guess.out) - puzzle.pred)[:25] ** 2)
        assert guess.mse == pytest.approx(expected, rel=1e-4)


def test_named_seeds_only_and_unknown_names_list_the_known_ones() -> None:
    puzzle, _ = toy_puzzle(3)
    blocks = Paired.of(puzzle, np.arange(5))
    assert {guess.name for guess in seed_orders(blocks, ["output-sum"])} == {"output-sum"}
    with pytest.raises(OptionError, match="no seed named 'best'; choose greedy-by-state"):
        seed_orders(blocks, ["best"])


def test_an_order_that_overflows_has_an_infinite_cost() -> None:
    puzzle, _ = toy_puzzle(4, blocks=8, scale=3e4)
    found = seed_orders(Paired.of(puzzle, np.arange(8)[::-1].copy()), ["output-norm"])
    assert all(guess.mse == np.inf or guess.mse > 1 for guess in found)
