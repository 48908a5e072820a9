"""Other arrangements of the same function."""

from dataclasses import replace

import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.core.objective import verify
from permq.search.solve.equivalents import matching_equivalent
from tests.toys import plain_forward, toy_puzzle


def answered(puzzle, answer):
    """The puzzle with the answers that the changed layers give, and the answer's hash."""
    pred = plain_forward(puzzle, *puzzle.indices(answer)).astype(np.float32)
    return replace(puzzle, pred=pred, solution_sha256=answer.sha256)


def with_twins(puzzle, answer, inputs=(), outputs=()):
    """Layers at the second of two positions made equal to those at the first."""
    changed = {}
    local = puzzle.indices(answer)
    for kind, places, layers in (("in", inputs, local[0]), ("out", outputs, local[1])):
        for name in (f"w_{kind}", f"b_{kind}"):
            changed[name] = getattr(puzzle, name).copy()
            if places:
                changed[name][layers[places[1]]] = changed[name][layers[places[0]]]
    return answered(replace(puzzle, **changed), answer)


def with_dead_blocks(puzzle, answer, places):
    """Blocks that change nothing: their output layers are zero."""
    _, out = puzzle.indices(answer)
    w_out, b_out = puzzle.w_out.copy(), puzzle.b_out.copy()
    w_out[out[list(places)]], b_out[out[list(places)]] = 0, 0
    return answered(replace(puzzle, w_out=w_out, b_out=b_out), answer)


def with_commuting_blocks(puzzle, answer, places):
    """Blocks that read only coordinates that none of them writes."""
    inp, out = (layers[list(places)] for layers in puzzle.indices(answer))
    w_in, w_out, b_out = puzzle.w_in.copy(), puzzle.w_out.copy(), puzzle.b_out.copy()
    half = puzzle.width // 2
    w_in[inp, :, :half] = 0
    w_out[out, half:], b_out[out, half:] = 0, 0
    return answered(replace(puzzle, w_in=w_in, w_out=w_out, b_out=b_out), answer)


def rearranged(answer, inputs, outputs):
    """The answer with the layers of its positions in another order."""
    return Arrangement(
        tuple(answer.inputs[t] for t in inputs),
        tuple(answer.outputs[t] for t in outputs),
        answer.last,
    )


def finds(puzzle, answer, other):
    assert verify(puzzle, other).equivalent
    found = matching_equivalent(puzzle, other)
    assert found == answer
    assert verify(puzzle, found).solved


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_identical_layers_are_exchanged(kind):
    puzzle, answer = toy_puzzle(1, blocks=6)
    turned = [0, 4, 2, 3, 1, 5]
    orders = {"inputs": range(6), "outputs": range(6), kind: turned}
    finds(with_twins(puzzle, answer, **{kind: (1, 4)}), answer, rearranged(answer, **orders))


def test_three_identical_layers_are_exchanged():
    puzzle, answer = toy_puzzle(1, blocks=6)
    puzzle = with_twins(puzzle, answer, inputs=(1, 4))
    puzzle = with_twins(puzzle, answer, inputs=(1, 5))
    finds(puzzle, answer, rearranged(answer, [0, 4, 2, 3, 5, 1], range(6)))


def test_identical_blocks_are_exchanged():
    puzzle, answer = toy_puzzle(1, blocks=6)
    puzzle = with_twins(puzzle, answer, inputs=(0, 3), outputs=(0, 3))
    finds(puzzle, answer, rearranged(answer, [3, 1, 2, 0, 4, 5], [3, 1, 2, 0, 4, 5]))
    finds(puzzle, answer, rearranged(answer, [3, 1, 2, 0, 4, 5], range(6)))


@pytest.mark.parametrize("blocks", [6, 40])
def test_a_block_that_does_nothing_is_moved_as_far_as_it_must(blocks):
    puzzle, answer = toy_puzzle(1, blocks=blocks, scale=0.2)
    puzzle = with_dead_blocks(puzzle, answer, [0])
    order = [*range(1, blocks), 0]
    finds(puzzle, answer, rearranged(answer, order, order))


def test_blocks_that_do_nothing_find_their_partners_and_places():
    puzzle, answer = toy_puzzle(1, blocks=6)
    puzzle = with_dead_blocks(puzzle, answer, [0, 4])
    finds(puzzle, answer, rearranged(answer, [1, 2, 4, 3, 0, 5], [1, 2, 0, 3, 4, 5]))


def test_commuting_blocks_are_exchanged():
    puzzle, answer = toy_puzzle(1, blocks=6)
    puzzle = with_commuting_blocks(puzzle, answer, [1, 2, 3])
    order = [0, 3, 2, 1, 4, 5]
    finds(puzzle, answer, rearranged(answer, order, order))


def test_square_layers_keep_the_roles_that_the_answer_gives_them():
    puzzle, answer = toy_puzzle(1, blocks=6, hidden=6)
    puzzle = with_dead_blocks(puzzle, answer, [2])
    order = [0, 1, 3, 2, 4, 5]
    other = puzzle.with_roles(puzzle.out_pieces.tolist())
    finds(other, answer, rearranged(answer, order, order))


def test_where_there_is_no_equivalent_with_the_hash_none_is_found():
    puzzle, answer = toy_puzzle(1, blocks=6)
    unknown = replace(puzzle, solution_sha256="0" * 64)
    assert matching_equivalent(unknown, answer) is None
    dead = with_dead_blocks(puzzle, answer, range(6))
    assert matching_equivalent(replace(dead, solution_sha256="0" * 64), answer) is None


def test_it_ends_when_told_to():
    puzzle, answer = toy_puzzle(1, blocks=6)
    puzzle = with_dead_blocks(puzzle, answer, [0])
    order = [1, 0, 2, 3, 4, 5]
    other = rearranged(answer, order, order)
    assert matching_equivalent(puzzle, other, stop=lambda: True) is None
