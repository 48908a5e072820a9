"""How far training moved each weight, seen at the edge of the initial distribution.

Initial weights are uniform in plus or minus a bound, and mostly stay in that bulk. A weight beyond
the edge was moved there, so what sticks out measures the training of a hidden unit far better than
its norm does, which is nearly all initial noise. The edge is found from the weights themselves
(twice their median size, exact for a uniform bulk whatever its scale), so that decay, other initial
scales and rounding do no harm; with weights of another distribution it is a mere threshold.
"""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle


def edge(weights: Array) -> float:
    """Bound of the uniform bulk of a stack of weights: twice their median size."""
    return 2.0 * float(np.median(np.abs(weights)))


def excess(weights: Array, share: float) -> Array:
    """The part of each weight beyond `share` of the bulk's edge, signed, same shape."""
    bound = np.float32(share * edge(weights))
    return np.asarray(np.sign(weights) * np.maximum(np.abs(weights) - bound, 0))


def excess_in(puzzle: Puzzle, share: float) -> Array:
    """(L, h, d + 1) excess of the input layers' weights and biases, by hidden unit."""
    return excess(np.concatenate([puzzle.w_in, puzzle.b_in[:, :, None]], axis=2), share)


def excess_out(puzzle: Puzzle, share: float) -> Array:
    """(L, h, d) excess of the output layers' weights, by hidden unit."""
    return excess(puzzle.w_out.transpose(0, 2, 1), share)


def amounts(parts: Array) -> Array:
    """(L, h) sum of sizes of (L, h, …) excess per hidden unit, float64."""
    return np.asarray(np.abs(parts).sum(axis=2, dtype=np.float64))


def compressed(amount: Array) -> Array:
    """log(amount + mean amount): few units hold most of the excess and would drown the others."""
    mean = amount.mean()
    return np.asarray(np.log(amount / mean + 1) if mean > 0 else amount)
