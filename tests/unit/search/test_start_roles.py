"""Roles of square layers where a search begins: an answer's, a file's, or the likeliest."""

import numpy as np
import pytest

from permq.core.loading import load_puzzle
from permq.errors import AnswerError, OptionError
from permq.pairing.roles import split_roles
from permq.search.start import resolve_pairs, with_roles_of
from tests.puzzle_files import write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def square(tmp_path_factory):
    """A puzzle with square layers and its answer."""
    puzzle, answer = toy_puzzle(seed=3, width=8, hidden=8, signal=0.9)
    folder = write_puzzle(tmp_path_factory.mktemp("puzzle") / "square", puzzle)
    return load_puzzle(folder), answer


def saved(path, puzzle, answer):
    """An .npz file with the pairs of an answer, for some puzzle's roles."""
    inp, out = puzzle.indices(answer)
    pair = np.empty(len(inp), np.intp)
    pair[inp] = out
    np.savez(path, pair=pair, inp_pieces=puzzle.inp_pieces, out_pieces=puzzle.out_pieces)
    return str(path)


def test_an_answer_gives_its_roles(square):
    puzzle, answer = square
    known = with_roles_of(puzzle, "random", answer.text)
    assert set(known.inp_pieces.tolist()) == set(answer.inputs)


def test_without_an_answer_the_likeliest_roles_are_taken(square):
    puzzle, _ = square
    likeliest = split_roles(puzzle, 1)[0].inputs
    for texts in [("random", None), ("greedy-by-state", "trace")]:
        assert tuple(with_roles_of(puzzle, *texts).inp_pieces.tolist()) == likeliest


def test_saved_pairs_give_the_roles_they_were_found_in(square, tmp_path):
    puzzle, answer = square
    right = puzzle.for_answer(answer)
    file = saved(tmp_path / "pairs.npz", right, answer)
    known = with_roles_of(puzzle, "random", file)
    assert known.inp_pieces.tolist() == right.inp_pieces.tolist()
    pair = resolve_pairs(known, file)
    found = zip(known.inp_pieces.tolist(), known.out_pieces[pair].tolist(), strict=True)
    assert dict(found) == answer.pairing


def test_saved_pairs_of_other_pieces_are_refused(tmp_path):
    puzzle, answer = toy_puzzle(seed=1)
    other, _ = toy_puzzle(seed=2)
    file = saved(tmp_path / "pairs.npz", puzzle, answer)
    assert resolve_pairs(puzzle, file).shape == (5,)
    with pytest.raises(AnswerError, match="other pieces"):
        resolve_pairs(other, file)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"pairs": np.arange(5)}, "no array named 'pair'"),
        ({"pair": np.arange(5.0)}, "no list of whole numbers"),
        ({"pair": np.arange(4)}, "no pairing of 5 layers"),
        ({"pair": np.zeros((5, 5), np.int64)}, "no list of whole numbers"),
        ({"pair": np.zeros(5, np.int64)}, "no pairing of 5 layers"),
        ({"pair": np.array([None] * 5)}, "no .npz file"),
    ],
)
def test_a_file_that_holds_no_pairs_is_named(tmp_path, arrays, said):
    np.savez(tmp_path / "pairs.npz", **arrays)
    with pytest.raises((AnswerError, OptionError), match=said) as caught:
        resolve_pairs(toy_puzzle()[0], str(tmp_path / "pairs.npz"))
    assert str(tmp_path) in str(caught.value)


def test_a_lone_array_is_no_file_of_pairs(tmp_path):
    with (tmp_path / "pairs.npz").open("wb") as file:
        np.save(file, np.arange(5))
    with pytest.raises(OptionError, match=r"no \.npz file"):
        resolve_pairs(toy_puzzle()[0], str(tmp_path / "pairs.npz"))
