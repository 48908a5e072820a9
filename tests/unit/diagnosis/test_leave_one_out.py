import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.core.network import Network
from permq.diagnosis.leave_one_out import leave_one_out
from tests.toys import plain_forward, toy_puzzle


def cost(puzzle, inp, out) -> float:
    return float(np.mean((plain_forward(puzzle, inp, out) - puzzle.pred) ** 2))


@given(
    st.integers(0, 50),
    st.integers(1, 7),
    st.integers(1, 3),
    st.sampled_from(["relu", "gelu", "silu", "tanh"]),
)
def test_every_block_is_left_out_where_it_stands(seed, blocks, outputs, activation) -> None:
    puzzle, _ = toy_puzzle(seed, blocks, outputs=outputs, activation=activation, rows=20)
    inp, out = np.random.default_rng(seed).permuted(np.tile(np.arange(blocks), (2, 1)), axis=1)
    found = leave_one_out(Network(puzzle, np.float64), inp, out, puzzle.x, puzzle.pred)
    assert found.mse == pytest.approx(cost(puzzle, inp, out), rel=1e-9)
    expected = [cost(puzzle, np.delete(inp, t), np.delete(out, t)) for t in range(blocks)]
    np.testing.assert_allclose(found.without, expected, rtol=1e-9)
    np.testing.assert_allclose(found.change, np.array(expected) - found.mse, atol=1e-9)
    np.testing.assert_array_equal(found.harmful, found.without < found.mse)


def test_rows_beyond_one_chunk_count() -> None:
    puzzle, answer = toy_puzzle(0, rows=700)
    inp, out = puzzle.indices(answer)
    found = leave_one_out(Network(puzzle), inp, out, puzzle.x, puzzle.pred)
    expected = cost(puzzle, np.delete(inp, 2), np.delete(out, 2))
    assert found.without[2] == pytest.approx(expected, rel=1e-4)


def test_no_block_of_the_right_answer_does_harm() -> None:
    puzzle, answer = toy_puzzle(1, blocks=8)
    found = leave_one_out(Network(puzzle), *puzzle.indices(answer), puzzle.x, puzzle.pred)
    assert not found.harmful.any()
    assert found.mse < 1e-10


def test_a_block_with_a_foreign_output_layer_may_do_harm() -> None:
    puzzle, answer = toy_puzzle(2, blocks=6)
    inp, out = puzzle.indices(answer)
    # the third block's output layer is blown up: without it the rest is nearly right
    puzzle.w_out[out[2]] *= 30
    found = leave_one_out(Network(puzzle), inp, out, puzzle.x, puzzle.pred)
    assert found.harmful[2]
    assert found.change.argmin() == 2


def test_overflow_costs_infinity_without_a_warning() -> None:
    puzzle, answer = toy_puzzle(3, blocks=8, scale=3e4)
    inp, out = puzzle.indices(answer)
    puzzle.w_out[out[0]] *= np.float32(1e10)
    found = leave_one_out(Network(puzzle), inp, out, puzzle.x, puzzle.pred)
    assert found.mse == np.inf
    assert np.isinf(found.without).any()
