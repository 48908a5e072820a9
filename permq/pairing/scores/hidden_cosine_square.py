"""Squared cosine of each hidden unit's incoming and outgoing weights."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import unit_vectors, units_in, units_out


def hidden_cosine_square(puzzle: Puzzle) -> Costs:
    """Mean over hidden units k of cos(W_in_i[k], W_out_j[:, k])², higher is better.

    Returns
    -------
    (L, L) float64
    """
    inward = unit_vectors(units_in(puzzle)).transpose(1, 0, 2)  # (h, L, d)
    outward = unit_vectors(units_out(puzzle)).transpose(1, 2, 0)  # (h, d, L)
    cosine = np.matmul(inward, outward)  # (h, L, L)
    return np.asarray(np.mean(cosine * cosine, axis=0, dtype=np.float64))
