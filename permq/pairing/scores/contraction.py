"""How much a block pulls its input back to the origin."""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.rows import changes, hidden_units, spaced_rows


def contraction(puzzle: Puzzle, rows: Indices | None = None) -> Costs:
    """Mean over rows of −cos(x, f_ij(x)) at the inputs, higher is better.

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
    return -alignment(puzzle, x, x)


def alignment(puzzle: Puzzle, x: Array, direction: Array) -> Costs:
    """(L, L) mean over rows of cos(f_ij(x), direction), from (n, d) states and directions."""
    hidden = hidden_units(puzzle, x)
    length = np.linalg.norm(direction, axis=1, keepdims=True)
    unit = direction / np.where(length > 0, length, 1)
    values = np.empty((puzzle.blocks, puzzle.blocks))
    for o in range(puzzle.blocks):
        change = changes(puzzle, hidden, o)
        size = np.sqrt(np.einsum("lnd,lnd->ln", change, change))
        along = np.einsum("lnd,nd->ln", change, unit)
        values[:, o] = (along / np.where(size > 0, size, 1)).mean(axis=1)
    return values
