"""Moves as data: what they do, which are offered, and what is predicted of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.core.network import Network
from permq.search.adjoint.candidates import (
    INSERT,
    KINDS,
    SWAP,
    SWAP_INPUTS,
    SWAP_OUTPUTS,
    apply,
    candidates,
)
from permq.search.adjoint.effects import effects
from tests.toys import plain_forward, toy_puzzle

BLOCKS = 6


@st.composite
def arrangements(draw: st.DrawFn):
    """Two permutations and two positions."""
    blocks = draw(st.integers(1, 9))
    inp, out = (np.array(draw(st.permutations(range(blocks))), np.intp) for _ in range(2))
    places = st.integers(0, blocks - 1)
    return inp, out, draw(places), draw(places)


def offered(blocks=BLOCKS, free=None, reach=None, order=True, repair=True, puzzle=None):
    """All moves around the answer of a toy, with the answer."""
    if puzzle is None:
        puzzle, _ = toy_puzzle(4, blocks=blocks, outputs=2, rows=9)
    local = np.arange(blocks)
    network = Network(puzzle, np.float64)
    found = effects(network, local, local, puzzle.x, puzzle.pred, repair=repair, reach=reach)
    free = local if free is None else np.array(free, np.intp)
    return candidates(found, order=order, free=free, reach=reach), local, found


def plainly(kind, source, target, inp, out):
    """A move made on lists of layers."""
    inp, out = inp.tolist(), out.tolist()
    for layers, alone in ((inp, SWAP_INPUTS), (out, SWAP_OUTPUTS)):
        if kind == INSERT:
            layers.insert(target, layers.pop(source))
        elif kind in {SWAP, alone}:
            layers[source], layers[target] = layers[target], layers[source]
    return inp, out


@given(arrangements(), st.sampled_from(range(len(KINDS))))
def test_a_move_is_what_its_name_says_and_leaves_its_arguments_alone(case, kind):
    inp, out, source, target = case
    before = inp.copy(), out.copy()
    a, o = apply(kind, source, target, inp, out)
    assert (a.tolist(), o.tolist()) == plainly(kind, source, target, inp, out)
    assert sorted(a) == sorted(o) == list(range(len(inp)))
    np.testing.assert_array_equal(inp, before[0])
    np.testing.assert_array_equal(out, before[1])


@pytest.mark.parametrize("reach", [None, 0, 1, 3])
@pytest.mark.parametrize("free", [range(BLOCKS), [0, 2, 3, 4], [1, 5], [3], []])
def test_every_move_within_reach_is_offered_once_and_no_locked_position_changes(free, reach):
    moves, local, _ = offered(free=free, reach=reach)
    wanted = set()
    for kind in range(len(KINDS)):
        for source in free:
            for target in free:
                a, o = plainly(kind, source, target, local, local)
                touched = {t for t in local if a[t] != t or o[t] != t}
                if touched <= set(free) and abs(source - target) <= (reach or BLOCKS):
                    wanted.add((tuple(a), tuple(o)))
    wanted -= {(tuple(local), tuple(local))}
    if reach == 0:
        wanted = set()
    have = [tuple(map(tuple, moves.apply(move, local, local))) for move in range(len(moves))]
    assert len(have) == len(set(have))
    assert set(have) == wanted
    for move, (a, o) in enumerate(have):
        touched = [t for t in local if a[t] != t or o[t] != t]
        assert (moves.first[move], moves.final[move]) == (touched[0], touched[-1])


def test_moves_of_blocks_and_of_single_layers_can_be_had_apart():
    assert set(offered(order=False)[0].kind) == {SWAP_OUTPUTS, SWAP_INPUTS}
    assert set(offered(repair=False)[0].kind) == {SWAP, INSERT}


def test_the_predicted_cost_is_that_of_the_answer_plus_the_predicted_change():
    moves, _, found = offered()
    for move, cost in enumerate(moves.predicted(found.error)):
        assert cost == pytest.approx(np.mean((found.error + moves.change[move]) ** 2))
    some = moves.take(np.array([5, 2]))
    np.testing.assert_array_equal(some.predicted(found.error), moves.predicted(found.error)[[5, 2]])


def with_small_blocks(puzzle, positions, share):
    """The puzzle with the output layers of some positions scaled down."""
    scale = np.ones(puzzle.blocks)
    scale[list(positions)] = share
    return replace(
        puzzle, w_out=puzzle.w_out * scale[:, None, None], b_out=puzzle.b_out * scale[:, None]
    )


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_the_predicted_change_is_that_of_the_very_move_in_the_limit_of_small_blocks(kind):
    # first order is exact for moves of blocks that change little; an insertion also looks at the
    # blocks on both sides of its place
    share = 1e-5
    whole, _ = toy_puzzle(4, blocks=BLOCKS, outputs=2, rows=9)
    moves, local, _ = offered(puzzle=whole)
    for source, target in zip(
        moves.source[moves.kind == kind], moves.target[moves.kind == kind], strict=True
    ):
        small = {source, target}
        if kind == INSERT:
            small |= {min(target + 1, BLOCKS - 1)} if source < target else {max(target - 1, 0)}
        puzzle = with_small_blocks(whole, small, share)
        puzzle = replace(puzzle, w_out=puzzle.w_out.astype(np.float64))
        there, _, _ = offered(puzzle=puzzle)
        (move,) = np.flatnonzero(
            (there.kind == kind) & (there.source == source) & (there.target == target)
        )
        answers = [
            plain_forward(puzzle, *arrangement)
            for arrangement in (there.apply(int(move), local, local), (local, local))
        ]
        moved = (answers[0] - answers[1]).T.reshape(-1)
        missed = np.linalg.norm(there.change[move] - moved)
        assert missed < 1e-3 * np.linalg.norm(moved)
