"""Correlation of the hidden units' biases and outgoing norms."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import correlate


def bias_correlation(puzzle: Puzzle) -> Costs:
    """Correlation over k of b_in_i[k] and ‖W_out_j[:, k]‖², lower is better.

    Units that training uses much are pushed to be active on part of the data only.

    Returns
    -------
    (L, L) float64
    """
    return correlate(puzzle.b_in, np.sum(puzzle.w_out**2, axis=1))
