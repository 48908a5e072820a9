import hashlib
import struct

import numpy as np
import pytest

from permq.core.fingerprint import fingerprint
from permq.core.known import JANE_STREET, KNOWN
from permq.core.loading import load_puzzle
from permq.core.puzzle import Layer
from tests.puzzle_files import REAL, layers_of, needs_real_puzzle
from tests.toys import toy_puzzle


def of(puzzle):
    return fingerprint(layers_of(puzzle), puzzle.x, puzzle.pred, puzzle.true)


def test_the_layout_is_as_documented():
    layer = Layer(np.float32([[1, 2]]), np.float32([3]))
    x, pred = np.float32([[4, 5]]), np.float32([[6]])
    text = b"permq fingerprint 1\n" + struct.pack("<Q", 1)
    text += struct.pack("<3Q2f", 2, 1, 2, 1, 2) + struct.pack("<2Qf", 1, 1, 3)
    text += struct.pack("<3Q2f", 2, 1, 2, 4, 5) + struct.pack("<3Qf", 2, 1, 1, 6)
    text += struct.pack("<3Q", 2, 0, 0)
    assert fingerprint({0: layer}, x, pred, None) == hashlib.sha256(text).hexdigest()


def test_the_order_in_which_layers_are_given_does_not_matter():
    puzzle, _ = toy_puzzle()
    layers = layers_of(puzzle)
    backwards = dict(sorted(layers.items(), reverse=True))
    assert fingerprint(backwards, puzzle.x, puzzle.pred, puzzle.true) == of(puzzle)


@pytest.mark.parametrize(
    "part", ["w_in", "b_in", "w_out", "b_out", "w_last", "b_last", "x", "pred"]
)
def test_any_changed_number_changes_it(part):
    puzzle, _ = toy_puzzle()
    before = of(puzzle)
    values = getattr(puzzle, part)
    values.reshape(-1)[-1] += 1
    assert of(puzzle) != before


def test_swapped_numbers_of_pieces_change_it():
    puzzle, _ = toy_puzzle()
    layers = layers_of(puzzle)
    layers[0], layers[1] = layers[1], layers[0]
    assert fingerprint(layers, puzzle.x, puzzle.pred, puzzle.true) != of(puzzle)


def test_memory_layout_does_not_matter():
    puzzle, _ = toy_puzzle()
    x = np.asfortranarray(puzzle.x)
    assert fingerprint(layers_of(puzzle), x, puzzle.pred, puzzle.true) == of(puzzle)


@needs_real_puzzle
def test_the_real_puzzle_is_known_by_its_contents():
    puzzle = load_puzzle(REAL)
    assert KNOWN[puzzle.fingerprint] is JANE_STREET
    assert puzzle.name == "jane-street"
    assert puzzle.solution_sha256 == JANE_STREET.solution_sha256
    assert of(puzzle) == puzzle.fingerprint
