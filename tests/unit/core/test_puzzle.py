import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.core.objective import objective
from permq.errors import AnswerError
from tests.toys import toy_puzzle


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
