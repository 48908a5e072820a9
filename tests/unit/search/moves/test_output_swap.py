"""Output swap."""

import numpy as np

from permq.search.moves.move import DRAWS
from permq.search.moves.output_swap import OutputSwap


def test_output_layers_change_places_and_input_layers_stay():
    inp, out = np.array([2, 0, 1]), np.array([0, 1, 2])
    proposal = OutputSwap().propose(inp, out, [0.99] * DRAWS, 1, np.arange(3), frozenset())
    np.testing.assert_array_equal(proposal.inp, inp)
    np.testing.assert_array_equal(proposal.out, [0, 2, 1])
    assert proposal.first == 1


def test_an_anchored_pair_is_left_out_of_the_count_of_places():
    inp, out = np.array([2, 0, 1]), np.array([0, 1, 2])
    proposal = OutputSwap().propose(inp, out, [0.5] * DRAWS, 1, np.arange(3), frozenset({0}))
    np.testing.assert_array_equal(proposal.out, [2, 1, 0])
