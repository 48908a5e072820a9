"""The data rows on which a score looks at the puzzle, and the hidden units there."""

import numpy as np

from permq.core.activations import ACTIVATIONS
from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle


def spaced_rows(puzzle: Puzzle, count: int) -> Indices:
    """At most `count` row numbers, evenly spaced over the data (files are often sorted)."""
    if puzzle.rows <= count:
        return np.arange(puzzle.rows, dtype=np.intp)
    return np.linspace(0, puzzle.rows - 1, count).astype(np.intp)


def units_at(puzzle: Puzzle, a: int, state: Array) -> Array:
    """(n, h) activated hidden units of input layer `a` at (n, d) states."""
    hidden = state @ puzzle.w_in[a].T + puzzle.b_in[a]
    ACTIVATIONS[puzzle.activation].apply(hidden)
    return np.asarray(hidden)


def hidden_units(puzzle: Puzzle, x: Array) -> Array:
    """(L, n, h) activated hidden units of every input layer at (n, d) states."""
    hidden = x @ puzzle.w_in.transpose(0, 2, 1) + puzzle.b_in[:, None, :]
    ACTIVATIONS[puzzle.activation].apply(hidden)
    return np.asarray(hidden)


def hidden_slopes(puzzle: Puzzle, x: Array) -> Array:
    """(L, n, h) derivative of the activation of every hidden unit at (n, d) states."""
    hidden = x @ puzzle.w_in.transpose(0, 2, 1) + puzzle.b_in[:, None, :]
    return ACTIVATIONS[puzzle.activation].apply_with_slope(hidden)


def changes(puzzle: Puzzle, hidden: Array, o: int) -> Array:
    """(L, n, d) changes f_io(x) of output layer `o` behind every input layer's hidden units."""
    return np.asarray(hidden @ puzzle.w_out[o].T + puzzle.b_out[o])
