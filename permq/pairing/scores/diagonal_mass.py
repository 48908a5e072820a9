"""Sum of the absolute diagonal of the product."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import units_in, units_out


def diagonal_mass(puzzle: Puzzle) -> Costs:
    """Σ_c abs((W_out_j W_in_i)_cc), higher is better.

    Returns
    -------
    (L, L) float64
    """
    inward = units_in(puzzle).transpose(2, 0, 1)  # (d, L, h)
    outward = units_out(puzzle).transpose(2, 1, 0)  # (d, h, L)
    return np.asarray(np.abs(np.matmul(inward, outward)).sum(axis=0, dtype=np.float64))
