"""Segment reversal."""

import numpy as np

from permq.search.moves.reversal import Reversal


def test_a_stretch_runs_backwards_and_back_again():
    inp, out, draws = np.arange(5), np.array([1, 2, 3, 4, 0]), [0.25, 0.0, 0.0, 0.0]
    there = Reversal().propose(inp, out, draws, 4, np.arange(5), frozenset())
    np.testing.assert_array_equal(there.inp, [3, 2, 1, 0, 4])
    np.testing.assert_array_equal(there.out, [4, 3, 2, 1, 0])
    back = Reversal().propose(there.inp, there.out, draws, 4, np.arange(5), frozenset())
    np.testing.assert_array_equal(back.inp, inp)
