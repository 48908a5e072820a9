"""Shapes tell the roles of layers, and what fits no residual network is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from permq.core.assembly import assemble, classify
from permq.core.objective import objective
from permq.core.puzzle import Layer
from permq.errors import PuzzleError
from tests.toys import toy_puzzle


def layer(rows: int, columns: int) -> Layer:
    return Layer(np.ones((rows, columns), np.float32), np.ones(rows, np.float32))


def layers(*shapes: tuple[int, int]) -> dict[int, Layer]:
    return {piece: layer(*shape) for piece, shape in enumerate(shapes)}


def test_shapes_tell_the_roles() -> None:
    roles = classify(layers((3, 5), (1, 3), (5, 3), (5, 3), (3, 5)), 3, 1, "here")
    assert (roles.inputs, roles.outputs, roles.last) == ((2, 3), (0, 4), 1)


def test_an_output_count_equal_to_the_hidden_width_is_no_riddle() -> None:
    # one block of width 3 and hidden width 2 with 2 outputs: two pieces of shape (2, 3)
    with pytest.raises(PuzzleError, match="shapes cannot tell it apart"):
        classify(layers((2, 3), (3, 2), (2, 3)), 3, 2, "here")


def test_square_layers_stand_in_the_order_of_their_numbers_for_now() -> None:
    roles = classify(layers((3, 3), (3, 3), (1, 3), (3, 3), (3, 3)), 3, 1, "here")
    assert (roles.inputs, roles.outputs, roles.last) == ((0, 1), (3, 4), 2)


@pytest.mark.parametrize(
    ("shapes", "problem"),
    [
        ([(5, 3), (3, 5)], "2 L + 1 pieces, found 2"),
        ([(1, 3)], "2 L + 1 pieces, found 1"),
        ([(5, 3), (3, 5), (5, 3)], "exactly one last layer of shape (1, 3)"),
        ([(1, 3), (1, 3), (5, 3), (5, 3), (3, 5)], "found 2"),
        ([(1, 3), (1, 3), (3, 1)], "2 pieces have the shape (1, 3)"),
        ([(3, 3), (3, 3), (3, 3)], "3 pieces have the shape (3, 3)"),
        ([(5, 3), (3, 5), (4, 3), (3, 5), (1, 3)], "piece 2 has shape (4, 3), piece 0 (5, 3)"),
        ([(5, 3), (3, 4), (1, 3)], "piece 1 has shape (3, 4), which fits no residual network"),
        ([(5, 3), (5, 3), (5, 3), (3, 5), (1, 3)], "found 3 input layers but 1 output layers"),
    ],
)
def test_shapes_of_no_residual_network_are_refused_with_the_reason(shapes, problem) -> None:
    outputs = 3 if shapes == [(3, 3)] * 3 else 1
    with pytest.raises(PuzzleError) as raised:
        classify(layers(*shapes), 3, outputs, "some/folder")
    assert str(raised.value).startswith("some/folder: ")
    assert problem in str(raised.value)


def test_assembling_puts_every_piece_under_its_local_index() -> None:
    puzzle, answer = toy_puzzle(10, outputs=2)
    pieces = {}
    for numbers, weight, bias in (
        (puzzle.inp_pieces, puzzle.w_in, puzzle.b_in),
        (puzzle.out_pieces, puzzle.w_out, puzzle.b_out),
    ):
        pieces.update({int(n): Layer(w, b) for n, w, b in zip(numbers, weight, bias, strict=True)})
    pieces[puzzle.last_piece] = Layer(puzzle.w_last, puzzle.b_last)
    built = assemble(
        pieces,
        puzzle.x,
        puzzle.pred,
        None,
        name="again",
        activation="relu",
        path=Path("somewhere"),
        solution_sha256=answer.sha256,
    )
    assert objective(built, *built.indices(answer)) < 1e-12
    np.testing.assert_array_equal(built.inp_pieces, puzzle.inp_pieces)
    assert built.last_piece == puzzle.last_piece
    assert replace(built, name="toy").true is None
