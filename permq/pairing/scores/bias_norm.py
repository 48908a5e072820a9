"""Similarity of the two biases' sizes."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs


def bias_norm(puzzle: Puzzle) -> Costs:
    """abs(‖b_in_i‖/√h − ‖b_out_j‖/√d), lower is better; pairs by chance in public runs.

    Returns
    -------
    (L, L) float64
    """
    inward = np.sqrt(np.mean(puzzle.b_in.astype(np.float64) ** 2, axis=1))
    outward = np.sqrt(np.mean(puzzle.b_out.astype(np.float64) ** 2, axis=1))
    return np.asarray(np.abs(inward[:, None] - outward[None, :]))
