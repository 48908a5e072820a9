"""A puzzle as bytes."""

import io
from dataclasses import replace

import numpy as np
import pytest

from permq.core.loading import load_puzzle
from permq.core.objective import verify
from permq.errors import PuzzleError
from permq.pool.content import contents_of, pack, unpack
from tests.puzzle_files import SMALL
from tests.toys import toy_puzzle


def test_a_puzzle_comes_back_as_it_was():
    puzzle = load_puzzle(SMALL)
    again = unpack(pack(puzzle))
    assert again.fingerprint == puzzle.fingerprint
    assert again.path is None
    for name, value in vars(replace(puzzle, path=None)).items():
        np.testing.assert_array_equal(getattr(again, name), value, err_msg=name)


def test_the_same_puzzle_gives_the_same_bytes():
    assert pack(toy_puzzle(1)[0]) == pack(toy_puzzle(1)[0])


def test_a_puzzle_without_labels_stays_without_them():
    assert unpack(pack(replace(toy_puzzle(0)[0], true=None))).true is None


def test_its_cost_is_the_same_to_the_last_bit():
    puzzle, answer = toy_puzzle(2, activation="gelu", outputs=3)
    assert verify(unpack(pack(puzzle)), answer) == verify(puzzle, answer)


def test_roles_chosen_for_square_layers_belong_to_an_answer_and_are_not_kept():
    puzzle, answer = toy_puzzle(3, width=6, hidden=6)
    chosen = puzzle.for_answer(answer)
    again = unpack(pack(chosen))
    pieces = sorted({*answer.inputs, *answer.outputs})
    assert again.inp_pieces.tolist() == pieces[: puzzle.blocks]
    assert contents_of(chosen) == again.fingerprint
    assert verify(again, answer).solved


@pytest.mark.parametrize("cut", [0, 10, -100])
def test_a_damaged_copy_is_refused(cut):
    with pytest.raises(PuzzleError, match="the pool's copy of the puzzle: is damaged"):
        unpack(pack(toy_puzzle(0)[0])[:cut])


def test_a_copy_whose_numbers_changed_is_refused():
    data = io.BytesIO(pack(toy_puzzle(0)[0]))
    arrays = dict(np.load(data))
    arrays["x"][0, 0] += 1
    changed = io.BytesIO()
    np.savez(changed, **arrays)
    with pytest.raises(PuzzleError, match="do not have its fingerprint"):
        unpack(changed.getvalue())


def test_a_copy_that_wants_to_run_code_is_refused():
    data = io.BytesIO()
    np.savez(data, about=np.array([{"version": 1}], dtype=object))
    with pytest.raises(PuzzleError, match="is damaged"):
        unpack(data.getvalue())
