"""From a cost matrix to a pairing, and how firmly each of its pairs stands."""

import numpy as np
from numpy.typing import NDArray

from permq.core.puzzle import Indices

Costs = NDArray[np.float64]


def assign(cost: Costs) -> Indices:
    """Pairing of least total cost (linear sum assignment).

    When the least entry of every row stands in a column of its own, those entries are the
    optimum, since no pairing can cost less than the sum of the row minima; `scipy.optimize` (whose
    import takes longer than the rest of a simple solution) is then not needed.

    Parameters
    ----------
    cost
        (L, L) finite, lower is better; row = input layer, column = output layer.

    Returns
    -------
    (L,) intp
        `pair[a]` is the output layer of input layer `a`.
    """
    nearest: Indices = np.asarray(cost).argmin(axis=1).astype(np.intp)
    if len(set(nearest.tolist())) == len(nearest):
        return nearest
    from scipy.optimize import linear_sum_assignment

    return np.asarray(linear_sum_assignment(cost)[1], dtype=np.intp)


def total(cost: Costs, pair: Indices) -> float:
    """Total cost of a pairing (L,) under a cost matrix (L, L)."""
    return float(cost[np.arange(len(pair)), pair].sum())


def margins(cost: Costs, pair: Indices) -> Costs:
    """What forbidding each pair would cost: the best assignment without it minus the optimum.

    Every other assignment differs from the optimum by disjoint cycles of exchanges, none of
    negative cost, so forbidding pair `a` costs as much as the cheapest cycle through `a` in the
    graph whose edge a → b means "a takes b's output layer". All-pairs shortest paths
    (Floyd–Warshall) give them in O(L³).

    Parameters
    ----------
    cost
        (L, L), lower is better.
    pair
        (L,) an optimal pairing, as from `assign`.

    Returns
    -------
    (L,) float64
        Never negative; inf for a single pair, which has no alternative.
    """
    blocks = len(pair)
    taken = np.asarray(cost, np.float64)[:, pair]  # column b: cost of taking b's output layer
    edge = taken - np.diag(taken)[:, None]
    path = edge.copy()
    for via in range(blocks):
        np.minimum(path, path[:, via, None] + path[None, via, :], out=path)
    np.fill_diagonal(edge, np.inf)
    cycles = (edge + path.T).min(axis=1)
    # an exact tie may come out negative by rounding
    return np.asarray(np.maximum(cycles, 0.0), np.float64)


def mutual_best(cost: Costs) -> NDArray[np.bool_]:
    """(L, L) mask of the entries that are least in both their row and their column."""
    cost = np.asarray(cost)
    best = np.zeros(cost.shape, dtype=np.bool_)
    rows = np.arange(len(cost))
    column = cost.argmin(axis=1)
    best[rows, column] = cost.argmin(axis=0)[column] == rows
    return best
