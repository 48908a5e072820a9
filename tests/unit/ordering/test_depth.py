import numpy as np
import pytest

from permq.core.arrangement import kendall_tau
from permq.ordering.depth import (
    DepthSettings,
    depth_by_regression,
    evenly_ranked,
    order_by_homotopy,
    places_for,
)
from permq.ordering.paired import Paired
from tests.toys import toy_puzzle


def right_blocks(seed, rows=400, **shape):
    puzzle, answer = toy_puzzle(seed, rows=rows, **shape)
    inp, out = puzzle.indices(answer)
    return puzzle, answer, Paired.of(puzzle, out[np.argsort(inp)])


def tau(puzzle, answer, blocks, order) -> float:
    return kendall_tau(puzzle.arrangement(order, blocks.pair[order]), answer)


# the weights of a toy are drawn alike for every block, so nothing but the answers tells its depth
@pytest.mark.parametrize("activation", ["relu", "gelu", "silu", "tanh"])
def test_one_regression_tells_much_of_the_depth_and_its_direction(activation) -> None:
    puzzle, answer, blocks = right_blocks(0, blocks=10, width=8, hidden=16, activation=activation)
    order = np.argsort(depth_by_regression(blocks))
    assert tau(puzzle, answer, blocks, order) > 0.4


@pytest.mark.parametrize(("seed", "outputs"), [(1, 1), (2, 1), (3, 3)])
def test_the_homotopy_leaves_hardly_an_inversion(seed, outputs) -> None:
    puzzle, answer, blocks = right_blocks(seed, blocks=12, width=8, hidden=16, outputs=outputs)
    order = order_by_homotopy(blocks, DepthSettings(steps=14, narrowest=0.8))
    assert tau(puzzle, answer, blocks, order) > 0.85
    assert blocks.cost(order) < 0.1 * puzzle.pred.var()


def test_many_rows_are_thinned_evenly() -> None:
    _, _, blocks = right_blocks(4, rows=3000, blocks=8)
    thinned = Paired(blocks.network, blocks.pair, blocks.x[::6], blocks.pred[::6])
    np.testing.assert_array_equal(depth_by_regression(blocks), depth_by_regression(thinned))


def test_a_stop_ends_with_an_order_all_the_same() -> None:
    _, _, blocks = right_blocks(4, blocks=8)
    order = order_by_homotopy(blocks, stop=lambda: True)
    np.testing.assert_array_equal(order, np.argsort(depth_by_regression(blocks)))


@pytest.mark.parametrize("blocks", [1, 2])
def test_few_blocks_are_ordered_too(blocks) -> None:
    puzzle, _ = toy_puzzle(5, blocks=blocks)
    order = order_by_homotopy(Paired.of(puzzle, np.arange(blocks)))
    assert sorted(order.tolist()) == list(range(blocks))


def test_ranks_are_even_and_keep_the_order() -> None:
    np.testing.assert_allclose(
        evenly_ranked(np.array([5.0, -1.0, 5.5, 0.0])), [5 / 8, 1 / 8, 7 / 8, 3 / 8]
    )


def test_widths_fall_from_wide_to_blocks_and_places_resolve_them() -> None:
    widths = DepthSettings(steps=5, widest=0.4, narrowest=1.0).widths(10)
    assert widths[0] == pytest.approx(0.4)
    assert widths[-1] == pytest.approx(0.1)
    assert [places_for(width, 10) for width in widths] == [4, 6, 8, 10, 10]
