"""Diagonal dominance ratio."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import square_norms, traces


def ratio(puzzle: Puzzle) -> Costs:
    """abs(tr M_ij) / ‖M_ij‖_F with M_ij = W_out_j W_in_i, higher is better.

    Source: arXiv 2602.19845, equation 1.

    Returns
    -------
    (L, L) float64
    """
    return dominance(traces(puzzle), square_norms(puzzle))


def dominance(trace: Costs, square_norm: Costs) -> Costs:
    """abs(trace) / sqrt(square norm), entry by entry; 0 where a product vanishes."""
    return np.asarray(np.abs(trace) / np.sqrt(np.where(square_norm > 0, square_norm, np.inf)))
