import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.core.dropping.recipe import Recipe
from permq.core.loading import load_puzzle
from permq.errors import OptionError
from permq.pairing.roles import role_probabilities, split_roles
from tests.puzzles import made
from tests.toys import toy_puzzle

SQUARE = Recipe(blocks=8, width=20, hidden=20, rows=1000, epochs=300, seed=81)


@pytest.fixture(scope="module")
def square():
    folder = made(SQUARE)
    return load_puzzle(folder), Arrangement.read(folder / "answer.txt")


def test_a_trained_network_shows_its_roles(square):
    puzzle, answer = square
    splits = split_roles(puzzle)
    assert splits[0].inputs == tuple(sorted(answer.inputs))
    assert len(splits) == 4
    assert len({split.inputs for split in splits}) == 4


def test_the_first_candidate_is_the_surest(square):
    splits = split_roles(square[0])
    assert splits[0].sure == max(split.sure for split in splits)
    assert 0.5 < splits[0].sure <= 1


def test_preliminary_roles_do_not_matter(square):
    puzzle, answer = square
    pieces = [*puzzle.inp_pieces.tolist(), *puzzle.out_pieces.tolist()]
    other = puzzle.with_roles(pieces[1::2])
    assert split_roles(other, 1)[0].inputs == tuple(sorted(answer.inputs))


def test_half_of_all_pieces_are_inputs(square):
    chance = role_probabilities(square[0])
    assert chance.shape == (16,)
    assert chance.sum() == pytest.approx(8, abs=0.01)
    assert chance.min() >= 0


def test_shapes_that_tell_are_not_questioned():
    puzzle, _ = toy_puzzle(0)
    (only,) = split_roles(puzzle)
    assert only.inputs == tuple(puzzle.inp_pieces.tolist())
    assert only.sure == 1


def test_random_square_layers_have_roles_of_some_kind():
    puzzle, _ = toy_puzzle(0, blocks=4, width=6, hidden=6)
    for split in split_roles(puzzle):
        assert len(puzzle.with_roles(split.inputs).inp_pieces) == 4


def test_a_single_square_block_has_two_splits():
    puzzle, _ = toy_puzzle(0, blocks=1, width=6, hidden=6)
    splits = split_roles(puzzle)
    assert {split.inputs for split in splits} == {
        (int(p),) for p in np.concatenate([puzzle.inp_pieces, puzzle.out_pieces])
    }


def test_no_candidates_are_refused(square):
    with pytest.raises(OptionError, match="at least one"):
        split_roles(square[0], 0)
