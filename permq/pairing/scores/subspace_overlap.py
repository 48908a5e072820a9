"""Overlap of the hidden subspaces that the two layers span."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import contract


def subspace_overlap(puzzle: Puzzle) -> Costs:
    """Mean squared cosine of the hidden directions W_in_i reaches and W_out_j reads.

    Higher is better. Compared are the leading min(d, h/2) left singular directions of W_in with the
    right ones of W_out: with more of them two subspaces of the hidden space always meet.

    Returns
    -------
    (L, L) float64
    """
    count = max(1, min(puzzle.width, puzzle.hidden // 2))
    reached = np.linalg.svd(puzzle.w_in, full_matrices=False)[0][:, :, :count]  # (L, h, q)
    read = np.linalg.svd(puzzle.w_out, full_matrices=False)[2][:, :count]  # (L, q, h)
    onto_reached = np.matmul(reached, reached.transpose(0, 2, 1))
    onto_read = np.matmul(read.transpose(0, 2, 1), read)
    return np.asarray(contract(onto_reached, onto_read) / count)
