"""Correlation of the hidden units' incoming and outgoing norms."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import correlate


def norm_correlation(puzzle: Puzzle) -> Costs:
    """Correlation over hidden units k of ‖W_in_i[k]‖ and ‖W_out_j[:, k]‖, higher is better.

    Gradient descent moves both norms of a hidden unit together (for ReLU the difference of their
    squares is conserved), so a unit that training used is large on both sides.

    Returns
    -------
    (L, L) float64
    """
    return correlate(np.linalg.norm(puzzle.w_in, axis=2), np.linalg.norm(puzzle.w_out, axis=1))
