"""Paired swap."""

import numpy as np

from permq.search.moves.move import DRAWS
from permq.search.moves.swap import PairedSwap


def test_two_blocks_change_places_and_keep_their_pairs():
    inp, out = np.array([3, 1, 0, 2]), np.array([0, 1, 2, 3])
    proposal = PairedSwap().propose(inp, out, [0.999] * DRAWS, 1, np.arange(4), frozenset())
    np.testing.assert_array_equal(proposal.inp, [3, 1, 2, 0])
    np.testing.assert_array_equal(proposal.out, [0, 1, 3, 2])
    assert proposal.first == 2


def test_the_same_draws_swap_back():
    inp, out, free = np.arange(5), np.array([4, 2, 0, 1, 3]), np.array([0, 2, 4])
    draws = [0.4] * DRAWS
    there = PairedSwap().propose(inp, out, draws, 2, free, frozenset())
    back = PairedSwap().propose(there.inp, there.out, draws, 2, free, frozenset())
    np.testing.assert_array_equal(back.inp, inp)
    np.testing.assert_array_equal(back.out, out)
