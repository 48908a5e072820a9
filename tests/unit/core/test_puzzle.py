from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.core.objective import objective
from permq.core.puzzle import Layer, assemble, classify
from permq.errors import AnswerError, PuzzleError
from tests.toys import toy_puzzle


def layer(rows: int, columns: int) -> Layer:
    return Layer(np.ones((rows, columns), np.float32), np.ones(rows, np.float32))


def layers(*shapes: tuple[int, int]) -> dict[int, Layer]:
    return {piece: layer(*shape) for piece, shape in enumerate(shapes)}


def test_sizes_are_read_off_the_arrays() -> None:
    puzzle, _ = toy_puzzle(0, blocks=4, width=6, hidden=9, outputs=2, rows=11)
    assert (puzzle.blocks, puzzle.width, puzzle.hidden) == (4, 6, 9)
    assert (puzzle.outputs, puzzle.rows, puzzle.square) == (2, 11, False)
    assert toy_puzzle(0, width=5, hidden=5)[0].square


def test_local_indices_and_arrangements_are_inverse() -> None:
    puzzle, answer = toy_puzzle(1)
    inp, out = puzzle.indices(answer)
    assert puzzle.arrangement(inp, out) == answer
    assert objective(puzzle, inp, out) < 1e-12
    assert all(type(piece) is int for piece in puzzle.arrangement(inp, out).pieces)


def test_an_answer_of_another_length_is_refused() -> None:
    puzzle, _ = toy_puzzle(2)
    with pytest.raises(AnswerError, match="the answer has 3 pieces, the puzzle 11"):
        puzzle.indices(Arrangement((0,), (1,), 2))


def test_an_answer_with_another_last_layer_is_refused() -> None:
    puzzle, answer = toy_puzzle(3)
    other = Arrangement((answer.last, *answer.inputs[1:]), answer.outputs, answer.inputs[0])
    with pytest.raises(AnswerError, match=f"the last layer is piece {answer.last}"):
        puzzle.indices(other)


def test_an_answer_with_a_layer_in_the_wrong_role_is_refused() -> None:
    puzzle, answer = toy_puzzle(4)
    crossed = Arrangement(
        (answer.outputs[0], *answer.inputs[1:]),
        (answer.inputs[0], *answer.outputs[1:]),
        answer.last,
    )
    with pytest.raises(AnswerError, match=f"piece {answer.outputs[0]} is no input layer"):
        puzzle.indices(crossed)


def test_an_answer_with_a_piece_the_puzzle_does_not_have_is_refused() -> None:
    puzzle, answer = toy_puzzle(5)
    other = Arrangement(answer.inputs, (*answer.outputs[1:], 999), answer.last)
    with pytest.raises(AnswerError, match="piece 999 is no output layer"):
        puzzle.indices(other)


def test_square_layers_take_the_roles_they_are_given() -> None:
    puzzle, answer = toy_puzzle(6, width=5, hidden=5)
    pieces = sorted({*answer.inputs, *answer.outputs})
    assumed = puzzle.with_roles(pieces[:5])
    assert assumed.inp_pieces.tolist() == pieces[:5]
    assert assumed.out_pieces.tolist() == pieces[5:]
    restored = assumed.for_answer(answer)
    assert objective(restored, *restored.indices(answer)) < 1e-12
    for mine, theirs in ((restored.w_in, puzzle.w_in), (restored.b_out, puzzle.b_out)):
        np.testing.assert_array_equal(mine, theirs)


def test_an_answer_changes_no_roles_that_fit_or_cannot_fit() -> None:
    square, answer = toy_puzzle(7, width=5, hidden=5)
    assert square.for_answer(answer) is square
    foreign = Arrangement((50, 51, 52, 53, 54), (60, 61, 62, 63, 64), 70)
    assert square.for_answer(foreign) is square
    oblong, answer = toy_puzzle(7)
    assert oblong.for_answer(answer) is oblong


@pytest.mark.parametrize("chosen", [[], [0, 1], [0, 0, 1, 2, 3], [0, 1, 2, 3, 99]])
def test_roles_are_a_choice_of_half_the_layers(chosen) -> None:
    puzzle, _ = toy_puzzle(8, width=5, hidden=5)
    with pytest.raises(AnswerError, match="roles can be chosen"):
        puzzle.with_roles(chosen)


def test_roles_of_oblong_layers_cannot_be_chosen() -> None:
    puzzle, _ = toy_puzzle(9)
    with pytest.raises(AnswerError, match="roles can be chosen"):
        puzzle.with_roles(puzzle.out_pieces.tolist())


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
