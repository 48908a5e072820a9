"""Mean length of the change a block makes."""

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.rows import changes, hidden_units, spaced_rows


def residual_norm(puzzle: Puzzle, rows: Indices | None = None) -> Costs:
    """Mean over rows of ‖f_ij(x)‖ at the inputs, lower is better.

    Parameters
    ----------
    puzzle
        The puzzle.
    rows
        Row numbers to look at; 32 evenly spaced ones by default.

    Returns
    -------
    (L, L) float64
    """
    x = puzzle.x[spaced_rows(puzzle, 32) if rows is None else rows]
    hidden = hidden_units(puzzle, x)
    values = np.empty((puzzle.blocks, puzzle.blocks))
    for o in range(puzzle.blocks):
        change = changes(puzzle, hidden, o)
        values[:, o] = np.sqrt(np.einsum("lnd,lnd->ln", change, change)).mean(axis=1)
    return values
