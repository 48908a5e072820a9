"""Alignment of the two layers' Gram matrices over hidden units."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import contract, hidden_grams, units_in, units_out


def gram(puzzle: Puzzle) -> Costs:
    """⟨W_in W_inᵀ, W_outᵀ W_out⟩_F / (‖W_in W_inᵀ‖_F ‖W_outᵀ W_out‖_F), higher is better.

    Returns
    -------
    (L, L) float64
    """
    inward, outward = hidden_grams(units_in(puzzle)), hidden_grams(units_out(puzzle))
    sizes = [np.sqrt(np.einsum("lab,lab->l", g, g, dtype=np.float64)) for g in (inward, outward)]
    # a layer of zeros aligns with nothing
    sizes = [np.maximum(size, np.finfo(float).tiny ** 0.5) for size in sizes]
    return np.asarray(contract(inward, outward) / np.outer(sizes[0], sizes[1]))
