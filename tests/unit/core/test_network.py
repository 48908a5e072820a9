import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.core.network import Network
from tests.toys import plain_forward, toy_puzzle


@st.composite
def cases(draw: st.DrawFn):
    """A puzzle of any shape and activation with an arbitrary arrangement of it."""
    puzzle, _ = toy_puzzle(
        draw(st.integers(0, 99)),
        blocks=draw(st.integers(1, 7)),
        width=draw(st.integers(1, 7)),
        hidden=draw(st.integers(1, 9)),
        outputs=draw(st.integers(1, 3)),
        activation=draw(st.sampled_from(["relu", "gelu", "silu", "tanh"])),
        rows=draw(st.integers(1, 9)),
    )
    local = range(puzzle.blocks)
    inp = np.array(draw(st.permutations(local)), np.intp)
    out = np.array(draw(st.permutations(local)), np.intp)
    return puzzle, inp, out


@given(cases())
def test_forward_is_the_definition_in_any_arrangement(case) -> None:
    puzzle, inp, out = case
    expected = plain_forward(puzzle, inp, out)
    np.testing.assert_allclose(
        Network(puzzle, np.float64).forward(inp, out, puzzle.x), expected, rtol=1e-9, atol=1e-9
    )
    single = Network(puzzle).forward(inp, out, puzzle.x)
    assert single.dtype == np.float32
    np.testing.assert_allclose(
        single, expected, rtol=1e-3, atol=1e-4 * (1 + np.abs(expected).max())
    )


@given(cases())
def test_states_are_the_sums_of_the_blocks_and_end_in_the_answer(case) -> None:
    puzzle, inp, out = case
    network = Network(puzzle, np.float64)
    states = network.states(inp, out, puzzle.x)
    assert states.shape == (puzzle.blocks + 1, puzzle.rows, puzzle.width)
    np.testing.assert_array_equal(states[0], puzzle.x)
    for t, (a, o) in enumerate(zip(inp, out, strict=True)):
        np.testing.assert_allclose(
            states[t + 1], states[t] + network.block(a, o, states[t]), atol=1e-12
        )
    np.testing.assert_allclose(
        network.predict(states[-1]), network.forward(inp, out, puzzle.x), atol=1e-12
    )


@given(cases())
def test_a_block_is_its_output_layer_on_its_hidden_units(case) -> None:
    puzzle, inp, out = case
    network = Network(puzzle, np.float64)
    hidden = network.hidden_units(inp[0], puzzle.x)
    assert hidden.shape == (puzzle.rows, puzzle.hidden)
    np.testing.assert_allclose(
        network.block(inp[0], out[0], puzzle.x),
        hidden @ puzzle.w_out[out[0]].T + puzzle.b_out[out[0]],
        atol=1e-12,
    )


@settings(max_examples=40)
@given(cases(), st.data())
def test_adjoints_are_the_derivatives_by_finite_differences(case, data) -> None:
    puzzle, inp, out = case
    network = Network(puzzle, np.float64)
    states = network.states(inp, out, puzzle.x)
    adjoints = network.adjoints(inp, out, states)
    assert adjoints.shape == (puzzle.outputs, puzzle.blocks + 1, puzzle.rows, puzzle.width)
    at = data.draw(st.integers(0, puzzle.blocks))
    direction = np.random.default_rng(at).standard_normal(states[at].shape)

    def answer(step: float) -> np.ndarray:
        state = states[at] + step * direction
        for a, o in zip(inp[at:], out[at:], strict=True):
            state = state + network.block(a, o, state)
        return network.predict(state)

    def slopes(step: float) -> np.ndarray:
        return (answer(step) - answer(-step)) / (2 * step)

    predicted = np.einsum("knd,nd->nk", adjoints[:, at], direction)
    # where a ReLU has its kink within the step, two steps disagree: those rows say nothing
    smooth = np.abs(slopes(1e-5) - slopes(1e-6)).max(axis=1) < 1e-6
    np.testing.assert_allclose(predicted[smooth], slopes(1e-5)[smooth], rtol=1e-5, atol=1e-5)


def test_the_adjoint_at_the_end_is_the_last_layer() -> None:
    puzzle, answer = toy_puzzle(1, outputs=2)
    network = Network(puzzle, np.float64)
    inp, out = puzzle.indices(answer)
    adjoints = network.adjoints(inp, out, network.states(inp, out, puzzle.x))
    expected = np.broadcast_to(puzzle.w_last[:, None], adjoints[:, -1].shape)
    np.testing.assert_allclose(adjoints[:, -1], expected)


def test_running_part_of_the_blocks_gives_part_of_the_states() -> None:
    puzzle, answer = toy_puzzle(2)
    network = Network(puzzle, np.float64)
    inp, out = puzzle.indices(answer)
    whole = network.states(inp, out, puzzle.x)
    np.testing.assert_array_equal(network.states(inp[:2], out[:2], puzzle.x), whole[:3])


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_row_of_ones_survives_every_activation(activation) -> None:
    puzzle, answer = toy_puzzle(3, activation=activation)
    network = Network(puzzle)
    inp, out = puzzle.indices(answer)
    states = network.column_states(inp, out, network.columns(puzzle.x))
    assert (states[:, -1] == 1).all()
    assert (network.column_hidden(0, states[0])[-1] == 1).all()
