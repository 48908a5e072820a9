"""Size of a block's derivative on the data."""

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import contract, hidden_grams, units_in, units_out
from permq.pairing.rows import hidden_slopes, spaced_rows


def jacobian_norm(puzzle: Puzzle, rows: Indices | None = None) -> Costs:
    """Root mean square over rows of ‖∂f_ij/∂x‖_F at the inputs, higher is better.

    With slopes s of the hidden units, ‖W_out diag(s) W_in‖_F² = Σ_kl (W_outᵀ W_out)_kl s_k s_l
    (W_in W_inᵀ)_kl, and only the mean of s_k s_l depends on the rows.

    Parameters
    ----------
    puzzle
        The puzzle.
    rows
        Row numbers to look at; 256 evenly spaced ones by default.

    Returns
    -------
    (L, L) float64
    """
    x = puzzle.x[spaced_rows(puzzle, 256) if rows is None else rows]
    slopes = hidden_slopes(puzzle, x)
    together = np.matmul(slopes.transpose(0, 2, 1), slopes) / len(x)  # (L, h, h)
    square = contract(together * hidden_grams(units_in(puzzle)), hidden_grams(units_out(puzzle)))
    return np.asarray(np.sqrt(np.maximum(square, 0)))
