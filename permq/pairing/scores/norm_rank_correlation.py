"""Rank correlation of the hidden units' incoming and outgoing norms."""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import correlate


def norm_rank_correlation(puzzle: Puzzle) -> Costs:
    """Spearman correlation over k of ‖(W_in_i[k], b_in_i[k])‖ and ‖W_out_j[:, k]‖.

    Higher is better.

    Returns
    -------
    (L, L) float64
    """
    inward = np.sum(puzzle.w_in**2, axis=2) + puzzle.b_in**2
    return correlate(_ranks(inward), _ranks(np.sum(puzzle.w_out**2, axis=1)))


def _ranks(table: Array) -> Array:
    return np.argsort(np.argsort(table, axis=1, kind="stable"), axis=1)
