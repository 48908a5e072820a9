"""What several scores share: products of all input with all output layers at once.

With M_ij = W_out_j W_in_i every quantity here is a product of an (L, p) by a (p, L) matrix, so that
all L² pairs cost one call of BLAS and no M_ij is ever built.
"""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Floats, Puzzle
from permq.pairing.assignment import Costs


def units_in(puzzle: Puzzle) -> Floats:
    """(L, h, d) input weights: one row W_in[k] per hidden unit."""
    return puzzle.w_in


def units_out(puzzle: Puzzle) -> Floats:
    """(L, h, d) output weights, contiguous: one row W_out[:, k] per hidden unit."""
    return np.ascontiguousarray(puzzle.w_out.transpose(0, 2, 1))


def contract(of_inputs: Array, of_outputs: Array) -> Costs:
    """(L, L) float64 inner products of two (L, …) stacks of equal shape."""
    blocks = len(of_inputs)
    product = of_inputs.reshape(blocks, -1) @ of_outputs.reshape(blocks, -1).T
    return np.asarray(product, np.float64)


def hidden_grams(units: Array) -> Array:
    """(L, h, h) inner products of the hidden units of each layer, from (L, h, d)."""
    return np.asarray(np.matmul(units, units.transpose(0, 2, 1)))


def traces(puzzle: Puzzle) -> Costs:
    """(L, L) float64 tr M_ij = Σ_k W_in_i[k] · W_out_j[:, k]."""
    return contract(units_in(puzzle), units_out(puzzle))


def square_norms(puzzle: Puzzle) -> Costs:
    """(L, L) float64 ‖M_ij‖_F² = ⟨W_in_i W_in_iᵀ, W_out_jᵀ W_out_j⟩."""
    return contract(hidden_grams(units_in(puzzle)), hidden_grams(units_out(puzzle)))


def unit_vectors(units: Array) -> Array:
    """(L, h, d) rows scaled to length one; rows of zeros stay zero."""
    length = np.sqrt(np.einsum("lkd,lkd->lk", units, units))
    return np.asarray(units / np.where(length > 0, length, 1)[:, :, None], units.dtype)


def correlate(of_inputs: Array, of_outputs: Array) -> Costs:
    """(L, L) Pearson correlations over the last axis of two (L, k) tables; 0 where one is flat."""
    total = contract(standardised(of_inputs), standardised(of_outputs))
    return np.asarray(total / of_inputs.shape[1])


def standardised(table: Array) -> Array:
    """(L, k) rows with mean 0 and spread 1, float64; flat rows become zero."""
    centred = table.astype(np.float64)
    centred -= centred.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.mean(centred * centred, axis=1, keepdims=True))
    return np.asarray(centred / np.where(spread > 0, spread, 1))
