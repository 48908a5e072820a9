"""Cosine of each hidden unit's incoming and outgoing weights."""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import contract, unit_vectors, units_in, units_out


def hidden_cosine(puzzle: Puzzle) -> Costs:
    """Mean over hidden units k of cos(W_in_i[k], W_out_j[:, k]), lower is better.

    Returns
    -------
    (L, L) float64
    """
    return unit_cosines(units_in(puzzle), units_out(puzzle))


def unit_cosines(inward: Array, outward: Array) -> Costs:
    """(L, L) mean cosine from the (L, h, d) units of the input and the output layers."""
    total = contract(unit_vectors(inward), unit_vectors(outward))
    return np.asarray(total / inward.shape[1])
