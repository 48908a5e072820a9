"""Three-way rotation."""

import numpy as np

from permq.search.moves.move import DRAWS
from permq.search.moves.rotation import Rotation


def test_three_blocks_change_places_in_a_circle_and_back_again():
    inp = out = np.arange(4)
    free = np.array([0, 1, 3])
    there = Rotation().propose(inp, out, [0.5, 0.5, 0.1, 0.0], 2, free, frozenset())
    np.testing.assert_array_equal(there.inp, [3, 0, 2, 1])
    back = Rotation().propose(there.inp, there.out, [0.5, 0.5, 0.9, 0.0], 2, free, frozenset())
    np.testing.assert_array_equal(back.inp, inp)


def test_two_blocks_have_no_three_way_rotation():
    assert Rotation().propose(*[np.arange(2)] * 2, [0.5] * DRAWS, 2, np.arange(2), set()) is None
