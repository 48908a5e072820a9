"""Size of the block's output on the data."""

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import contract
from permq.pairing.rows import hidden_units, spaced_rows


def activation_norm(puzzle: Puzzle, rows: Indices | None = None) -> Costs:
    """‖act(X W_inᵀ + b_in) W_outᵀ + b_out‖_F / √n on the data, lower is better.

    The squared norm is an inner product of the hidden units' second moments with W_outᵀ W_out, so
    that no block output is built.

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
    hidden = hidden_units(puzzle, x)
    hidden = np.concatenate([hidden, np.ones_like(hidden[:, :, :1])], axis=2)  # (L, n, h + 1)
    outward = np.concatenate([puzzle.w_out, puzzle.b_out[:, :, None]], axis=2)  # (L, d, h + 1)
    moments = np.matmul(hidden.transpose(0, 2, 1), hidden) / len(x)
    square = contract(moments, np.matmul(outward.transpose(0, 2, 1), outward))
    return np.asarray(np.sqrt(np.maximum(square, 0)))
