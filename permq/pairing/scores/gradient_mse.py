"""Error of the network that has this block alone."""

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.rows import units_at


def gradient_mse(puzzle: Puzzle, rows: Indices | None = None) -> Costs:
    """Mean squared error of last(x + f_ij(x)) against `pred`, lower is better.

    Parameters
    ----------
    puzzle
        The puzzle.
    rows
        Row numbers to look at; all by default, since few rows pair far worse.

    Returns
    -------
    (L, L) float64
    """
    chosen = slice(None) if rows is None else rows
    x = puzzle.x[chosen]
    missing = puzzle.pred[chosen] - (x @ puzzle.w_last.T + puzzle.b_last)  # (n, m)
    readout = np.matmul(puzzle.w_last, puzzle.w_out)  # (L, m, h)
    offset = puzzle.b_out @ puzzle.w_last.T  # (L, m)
    values = np.empty((puzzle.blocks, puzzle.blocks))
    for a in range(puzzle.blocks):
        answer = np.tensordot(units_at(puzzle, a, x), readout, axes=(1, 2))  # (n, L, m)
        error = answer + offset - missing[:, None, :]
        values[a] = np.mean(error * error, axis=(0, 2), dtype=np.float64)
    return values
