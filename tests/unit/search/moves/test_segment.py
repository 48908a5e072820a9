"""Segment move."""

import numpy as np

from permq.search.moves.segment import SegmentMove


def test_two_neighbouring_stretches_change_places_and_back_again():
    inp = out = np.arange(6)
    draws = [0.3, 0.3, 0.0, 0.0]  # positions 0 to 5, cut after two
    there = SegmentMove().propose(inp, out, draws, 5, np.arange(6), frozenset())
    np.testing.assert_array_equal(there.inp, [2, 3, 4, 5, 0, 1])
    draws = [0.3, 0.7, 0.0, 0.0]  # cut after four
    back = SegmentMove().propose(there.inp, there.out, draws, 5, np.arange(6), frozenset())
    np.testing.assert_array_equal(back.inp, inp)
