"""Size of the product of both layers."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import square_norms


def product_norm(puzzle: Puzzle) -> Costs:
    """‖W_out_j W_in_i‖_F, higher is better.

    Returns
    -------
    (L, L) float64
    """
    return np.asarray(np.sqrt(np.maximum(square_norms(puzzle), 0)))
