"""Correlation of the two layers' singular values."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import correlate


def spectrum(puzzle: Puzzle) -> Costs:
    """Correlation of the singular values of W_in_i and W_out_j in descending order.

    Higher is better.

    Returns
    -------
    (L, L) float64
    """
    spectra = [np.linalg.svd(w, compute_uv=False) for w in (puzzle.w_in, puzzle.w_out)]
    return correlate(spectra[0], spectra[1])
