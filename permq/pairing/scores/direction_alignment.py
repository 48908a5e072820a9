"""Whether a block moves its input downhill on the loss."""

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.rows import spaced_rows
from permq.pairing.scores.contraction import alignment


def direction_alignment(puzzle: Puzzle, rows: Indices | None = None) -> Costs:
    """Mean over rows of cos(f_ij(x), −∂loss/∂x), higher is better.

    The loss is the squared error of the last layer at the inputs against `pred`, so that the
    direction of descent is W_lastᵀ (pred − last(x)).

    Parameters
    ----------
    puzzle
        The puzzle.
    rows
        Row numbers to look at; 64 evenly spaced ones by default.

    Returns
    -------
    (L, L) float64
    """
    chosen = spaced_rows(puzzle, 64) if rows is None else rows
    x = puzzle.x[chosen]
    missing = puzzle.pred[chosen] - (x @ puzzle.w_last.T + puzzle.b_last)
    return alignment(puzzle, x, np.asarray(missing @ puzzle.w_last))
