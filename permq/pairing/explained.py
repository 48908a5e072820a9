"""How much of what the network does a pair of layers would explain.

The network's answer is exactly last(x) + Σ_t W_last f_t(x_t). Seen as a linear regression of
e = pred − last(x) on the hidden units H_i of all input layers at once, the coefficients of layer i
are W_last W_out_π(i): the right output layer read by the last one. So the coefficients are
estimated by ridge regression, and each output layer is compared with them. This needs no trace of
training in the weights; its weak point is that the states x_t are not known, and H_i is taken at
the inputs, at a mean-field estimate of the states (`permq.pairing.mean_field`), or at those of an
arrangement.
"""

from collections.abc import Callable, Sequence

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import contract

Hidden = Callable[[int], Array]


def explained(
    puzzle: Puzzle, hidden: Hidden, missing: Array, smoothings: Sequence[float]
) -> list[Costs]:
    """Inner product of estimated coefficients and each output layer, higher is better.

    In the dual form the estimate for layer i is H_iᵀ α with (Σ_i H_i H_iᵀ + λ I) α = e: the part of
    e that no common pattern of the hidden units accounts for weighs most.

    Parameters
    ----------
    puzzle
        The puzzle.
    hidden
        Gives (n, h) hidden units of an input layer at its states; called twice per layer.
    missing
        (n, m) what the blocks must add to the answer, e.
    smoothings
        Values of λ in units of the mean eigenvalue of Σ_i H_i H_iᵀ: large ones trust the states
        little (e itself is compared), small ones much.

    Returns
    -------
    list of (L, L) float64
        One per smoothing.
    """
    blocks, count = puzzle.blocks, len(missing)
    kernel = np.zeros((count, count), np.float32)
    for a in range(blocks):
        units = _centred(hidden(a))
        kernel += units @ units.T
    mean = float(np.trace(kernel)) / count
    target = missing - missing.mean(axis=0)
    if mean <= 0:
        return [np.zeros((blocks, blocks)) for _ in smoothings]
    matrix = kernel.astype(np.float64) / mean
    duals = np.concatenate(
        [np.linalg.solve(matrix + level * np.eye(count), target) for level in smoothings], axis=1
    ).astype(np.float32)  # (n, S m)
    estimates = np.stack([_centred(hidden(a)).T @ duals for a in range(blocks)])  # (L, h, S m)
    readout = np.matmul(puzzle.w_last, puzzle.w_out).transpose(0, 2, 1)  # (L, h, m)
    parts = np.split(estimates, len(smoothings), axis=2)
    return [contract(np.ascontiguousarray(part), np.ascontiguousarray(readout)) for part in parts]


def missing_answer(puzzle: Puzzle, rows: Array) -> Array:
    """(n, m) float64 what the blocks add to the answer: pred − last(x) at the given rows."""
    direct = puzzle.x[rows] @ puzzle.w_last.T + puzzle.b_last
    return np.asarray(puzzle.pred[rows] - direct, np.float64)


def row_budget(puzzle: Puzzle) -> int:
    """Rows that keep a regression under about a second: fewer for larger networks."""
    return int(np.clip(2e7 / (puzzle.blocks * puzzle.hidden), 256, 1000))


def _centred(units: Array) -> Array:
    return np.asarray(units - units.mean(axis=0))
