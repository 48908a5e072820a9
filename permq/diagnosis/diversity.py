"""Diversity of a pool: how different its solutions are."""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices


def distances(first: Indices, second: Indices) -> Array:
    """Share of positions at which solutions differ.

    Parameters
    ----------
    first, second
        (S, L) layers in running order of the same S solutions: input and output layers.

    Returns
    -------
    (S, S) float64
        From 0 (the same blocks everywhere) to 1.
    """
    same = (first[:, None] == first[None]) & (second[:, None] == second[None])
    return np.asarray(1.0 - same.mean(axis=2))


def diversity(first: Indices, second: Indices) -> float:
    """Mean distance of two different solutions of a pool; 0 for a single one."""
    count = len(first)
    if count < 2:
        return 0.0
    return float(distances(first, second).sum() / (count * (count - 1)))


def distinct(first: Indices, second: Indices) -> int:
    """Number of different solutions in a pool."""
    return len(np.unique(np.concatenate([first, second], axis=1), axis=0))
