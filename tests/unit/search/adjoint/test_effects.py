"""First-order effects of other layers at other positions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.core.network import Network
from permq.search.adjoint.effects import effects
from tests.toys import plain_forward, toy_puzzle
from tests.unit.search.adjoint import plain_adjoint as plain

ACTIVATIONS = ["relu", "gelu", "silu", "tanh"]
CLOSE = {"rtol": 1e-6, "atol": 1e-7}


@st.composite
def cases(draw: st.DrawFn):
    """A puzzle of any shape with an arbitrary arrangement of it."""
    puzzle, _ = toy_puzzle(
        draw(st.integers(0, 99)),
        blocks=draw(st.integers(1, 5)),
        width=draw(st.integers(1, 5)),
        hidden=draw(st.integers(1, 6)),
        outputs=draw(st.integers(1, 3)),
        activation=draw(st.sampled_from(ACTIVATIONS)),
        rows=draw(st.integers(1, 5)),
    )
    local = range(puzzle.blocks)
    inp = np.array(draw(st.permutations(local)), np.intp)
    out = np.array(draw(st.permutations(local)), np.intp)
    return puzzle, inp, out


def found(puzzle, inp, out, **options):
    network = Network(puzzle, np.float64)
    return effects(network, inp, out, puzzle.x, puzzle.pred, **{"repair": True, **options})


@settings(max_examples=40)
@given(cases())
def test_every_effect_is_the_adjoint_times_what_the_other_block_does_there(case):
    puzzle, inp, out = case
    have = found(puzzle, inp, out)
    stream = plain.states(puzzle, inp, out)
    error = plain_forward(puzzle, inp, out) - puzzle.pred
    np.testing.assert_allclose(have.error, error.T.reshape(-1), **CLOSE)
    for t in range(puzzle.blocks):
        slope = plain.adjoint(puzzle, inp, out, t + 1, stream[t + 1])
        for s in range(puzzle.blocks):
            for table, a, o in (
                (have.blocks, inp[s], out[s]),
                (have.outputs, inp[t], out[s]),
                (have.inputs, inp[s], out[t]),
            ):
                change = plain.block(puzzle, a, o, stream[t])
                np.testing.assert_allclose(table[t, s], plain.effect(slope, change), **CLOSE)
        np.testing.assert_array_equal(have.own[t], have.blocks[t, t])


@settings(max_examples=40)
@given(cases())
def test_an_exchange_of_neighbours_is_exact_in_the_stream(case):
    puzzle, inp, out = case
    have, stream = found(puzzle, inp, out), plain.states(puzzle, inp, out)
    for table, inputs, outputs in (
        (have.neighbours, True, True),
        (have.neighbour_outputs, False, True),
        (have.neighbour_inputs, True, False),
    ):
        assert table.shape == (puzzle.blocks - 1, puzzle.outputs * puzzle.rows)
        for t in range(puzzle.blocks - 1):
            a, o = inp.copy(), out.copy()
            for layers, exchanged in ((a, inputs), (o, outputs)):
                if exchanged:
                    layers[[t, t + 1]] = layers[[t + 1, t]]
            after = stream[t]
            for position in (t, t + 1):
                after = after + plain.block(puzzle, a[position], o[position], after)
            slope = plain.adjoint(puzzle, inp, out, t + 2, stream[t + 2])
            expected = plain.effect(slope, after - stream[t + 2])
            np.testing.assert_allclose(table[t], expected, **CLOSE)


@settings(max_examples=30)
@given(cases(), st.integers(0, 5))
def test_a_reach_leaves_out_what_is_farther_and_changes_nothing_else(case, reach):
    puzzle, inp, out = case
    near, everywhere = found(puzzle, inp, out, reach=reach), found(puzzle, inp, out)
    places = np.arange(puzzle.blocks)
    within = np.abs(places[:, None] - places) <= reach
    for name in ("blocks", "outputs", "inputs"):
        limited, whole = getattr(near, name), getattr(everywhere, name)
        np.testing.assert_allclose(limited[within], whole[within], rtol=1e-12, atol=1e-14)
        assert not limited[~within].any()
    np.testing.assert_array_equal(near.own, everywhere.own)


def test_effects_of_re_pairing_are_left_out_where_nobody_asks():
    puzzle, answer = toy_puzzle(1)
    have = found(puzzle, *puzzle.indices(answer), repair=False)
    for table in (have.outputs, have.inputs, have.neighbour_outputs, have.neighbour_inputs):
        assert table is None
    np.testing.assert_array_equal(have.blocks, found(puzzle, *puzzle.indices(answer)).blocks)


def test_float32_effects_are_those_in_float64():
    puzzle, answer = toy_puzzle(1, blocks=6, outputs=2)
    inp, out = puzzle.indices(answer)
    single = effects(Network(puzzle), inp, out, puzzle.x, puzzle.pred, repair=True)
    double = found(puzzle, inp, out)
    for name, table in vars(single).items():
        assert table.dtype == np.float32
        np.testing.assert_allclose(table, getattr(double, name), atol=1e-4)


def test_it_gives_up_when_told_to_stop():
    puzzle, answer = toy_puzzle(1)
    asked = []
    assert found(puzzle, *puzzle.indices(answer), stop=lambda: not asked.append(1)) is None
    assert len(asked) == 1


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("table", ["blocks", "outputs", "inputs"])
def test_a_small_change_of_one_block_has_the_predicted_effect_in_the_limit(activation, table):
    # the layers at t become a mixture of themselves and, to a small share, of others
    puzzle, answer = toy_puzzle(2, activation=activation, outputs=2, rows=7)
    inp, out = puzzle.indices(answer)
    t, s, share = 2, 4, 1e-5
    have = found(puzzle, inp, out)
    stream = plain.states(puzzle, inp, out)[t]
    a, o = {
        "blocks": (inp[s], out[s]),
        "outputs": (inp[t], out[s]),
        "inputs": (inp[s], out[t]),
    }[table]
    was, will = plain.block(puzzle, inp[t], out[t], stream), plain.block(puzzle, a, o, stream)
    answers = [
        plain.rest(puzzle, inp, out, t + 1, stream + was + eps * (will - was))
        for eps in (share, -share)
    ]
    moved = ((answers[0] - answers[1]) / (2 * share)).T.reshape(-1)
    predicted = getattr(have, table)[t, s] - have.own[t]
    np.testing.assert_allclose(predicted, moved, rtol=1e-4, atol=1e-6)
