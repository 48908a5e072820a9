"""Distance of the product from its transpose."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs


def asymmetry(puzzle: Puzzle) -> Costs:
    """‖M − Mᵀ‖_F / ‖M‖_F with M = W_out_j W_in_i, lower is better.

    Returns
    -------
    (L, L) float64
    """
    values = np.empty((puzzle.blocks, puzzle.blocks))
    for o in range(puzzle.blocks):
        product = np.matmul(puzzle.w_out[o], puzzle.w_in)  # (L, d, d)
        square = np.einsum("lab,lab->l", product, product, dtype=np.float64)
        turned = np.einsum("lab,lba->l", product, product, dtype=np.float64)
        values[:, o] = np.sqrt(np.maximum(2 - 2 * turned / np.where(square > 0, square, 1), 0))
    return values
