"""Geometry of the elites: how far apart they are, and how that changes."""

import numpy as np

from permq.core.network import Array


def spread(distances: Array) -> Array:
    """(K (K - 1) / 2,) distances of all pairs, ascending, from a (K, K) matrix."""
    return np.sort(distances[np.triu_indices(len(distances), 1)])


def drift(before: Array, after: Array) -> float | None:
    """Change of a distance matrix, whatever the order and the number of what is compared.

    The Wasserstein distance of order 1 between the two collections of pairwise distances: how far
    a distance has to move on average to turn one into the other. It is 0 for the same matrix.

    Parameters
    ----------
    before, after
        (P,), (Q,) ascending, from `spread`.

    Returns
    -------
    float or None
        In the unit of the distances; None where one of them is empty.
    """
    if not len(before) or not len(after):
        return None
    points = np.sort(np.concatenate([before, after]))
    steps = np.diff(points)
    share_before = np.searchsorted(before, points[:-1], side="right") / len(before)
    share_after = np.searchsorted(after, points[:-1], side="right") / len(after)
    return float(np.sum(np.abs(share_before - share_after) * steps))
