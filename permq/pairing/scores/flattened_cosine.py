"""Cosine of the two flattened weight matrices, as they lie in memory."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import contract


def flattened_cosine(puzzle: Puzzle) -> Costs:
    """cos(vec W_in_i, vec W_out_j) without transposing either, higher is better.

    It compares numbers that have nothing to do with each other and pairs by chance; it is here
    because it was published, and as a baseline.

    Returns
    -------
    (L, L) float64
    """
    inward, outward = puzzle.w_in, np.ascontiguousarray(puzzle.w_out)
    sizes = [np.sqrt(np.einsum("lab,lab->l", w, w, dtype=np.float64)) for w in (inward, outward)]
    # a layer of zeros aligns with nothing
    sizes = [np.maximum(size, np.finfo(float).tiny ** 0.5) for size in sizes]
    return np.asarray(contract(inward, outward) / np.outer(*sizes))
