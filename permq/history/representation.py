"""How alike two representations of the same rows are, and where their rows lie in the plane."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from permq.core.network import Array


def cka(first: Array, second: Array) -> float:
    """Linear centred kernel alignment of two representations of the same rows.

    It is 1 for the same up to rotation and scale, near 0 for unrelated ones. Source: S. Kornblith
    et al., "Similarity of neural network representations revisited", ICML 2019.

    Parameters
    ----------
    first, second
        (n, p), (n, q) values of n rows.

    Returns
    -------
    float
        From 0 to 1; 0 where one of them is the same for all rows.
    """
    a, b = first - first.mean(axis=0), second - second.mean(axis=0)
    cross = float(np.sum((a.T @ b) ** 2))
    own = float(np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b))
    return cross / own if own > 0 else 0.0


def similarity(representations: Sequence[Array]) -> Array:
    """(C, C) CKA of all pairs of C representations (n, ·) of the same rows."""
    count = len(representations)
    found = np.eye(count)
    for i in range(count):
        for j in range(i):
            found[i, j] = found[j, i] = cka(representations[i], representations[j])
    return found


@dataclass(frozen=True, eq=False)
class Plane:
    """Rows of several representations in one plane.

    Parameters
    ----------
    points
        (C, n, 2) coordinates along the two principal components of all of them together.
    explained
        (2,) share of the variance along each.
    """

    points: Array
    explained: Array


def plane(representations: Sequence[Array]) -> Plane:
    """Principal components of C representations (n, d) of the same kind.

    They share one basis, so that the way of a row through them can be followed. Each axis points
    so that its entry of largest size is positive, which makes the picture repeatable.
    """
    stacked = np.concatenate([np.asarray(one, np.float64) for one in representations])
    centred = stacked - stacked.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    basis = vectors[:, ::-1][:, :2]
    largest = np.abs(basis).argmax(axis=0)
    basis = basis * np.sign(basis[largest, np.arange(basis.shape[1])])
    points = np.zeros((len(stacked), 2))
    points[:, : basis.shape[1]] = centred @ basis
    total = max(float(values.sum()), 1e-300)
    explained = np.zeros(2)
    explained[: basis.shape[1]] = np.maximum(values[::-1][:2], 0) / total
    return Plane(points.reshape(len(representations), -1, 2), explained)
