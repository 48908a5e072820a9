"""From scores to probabilities: contrast within row and column, and doubly stochastic matrices."""

import numpy as np

from permq.pairing.assignment import Costs


def contrast(values: Costs) -> Costs:
    """How far each entry stands out of its row and its column, in their spreads.

    Row and column means are taken off (they do not matter to an assignment), then each entry
    is divided by the geometric mean of its row's and its column's spread, measured by the median
    of sizes, which a few right pairs do not inflate.

    Parameters
    ----------
    values
        (L, L), higher is better.

    Returns
    -------
    (L, L) float64
    """
    centred = values - np.median(values, axis=1, keepdims=True)
    centred -= np.median(centred, axis=0, keepdims=True)
    size = np.abs(centred)
    of_row = np.median(size, axis=1, keepdims=True)
    of_column = np.median(size, axis=0, keepdims=True)
    spread = 1.4826 * np.sqrt(of_row * of_column)
    if not spread.any():  # mostly ties: the median says nothing
        spread = np.full_like(spread, centred.std())
    return np.asarray(centred / np.where(spread > 0, spread, np.inf))


def sinkhorn(logits: Costs, rounds: int = 300) -> Costs:
    """Doubly stochastic (L, L) matrix exp(logits) scaled by rows and columns (Sinkhorn–Knopp).

    Columns sum to 1 exactly, rows as nearly as `rounds` scalings of both get it; it ends early
    within 1e-6.
    """
    log = np.asarray(logits, np.float64)
    for _ in range(rounds):
        excess = log_sum(log, 1)
        log = log - excess
        log = log - log_sum(log, 0)
        if np.abs(excess).max() < 1e-6:
            break
    return np.exp(log)


def log_sum(log: Costs, axis: int) -> Costs:
    """log Σ exp over one axis, which is kept."""
    top = log.max(axis=axis, keepdims=True)
    return np.asarray(top + np.log(np.exp(log - top).sum(axis=axis, keepdims=True)))
