"""Insertion."""

import numpy as np

from permq.search.moves.insertion import Insertion


def test_a_block_moves_to_the_end_of_the_window_or_from_it():
    inp = out = np.arange(4)
    draws = [0.4, 0.1, 0.0, 0.0]  # of the six pairs the third: positions 0 and 3
    towards = Insertion().propose(inp, out, draws, 3, np.arange(4), frozenset())
    np.testing.assert_array_equal(towards.inp, [1, 2, 3, 0])
    back = Insertion().propose(towards.inp, towards.out, [0.4, 0.9, 0, 0], 3, np.arange(4), set())
    np.testing.assert_array_equal(back.inp, inp)
    np.testing.assert_array_equal(back.out, out)


def test_a_locked_block_stays_where_the_others_shift_around_it():
    inp = out = np.arange(4)
    free = np.array([0, 2, 3])
    proposal = Insertion().propose(inp, out, [0.4, 0.1, 0, 0], 2, free, frozenset())
    np.testing.assert_array_equal(proposal.inp, [2, 1, 3, 0])
