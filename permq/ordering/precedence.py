"""Precedence: which of two blocks should run first, asked of every two (Bradley–Terry)."""

import numpy as np

from permq.core.delta import Evaluator
from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.ordering.measures.changes import change_norm
from permq.ordering.paired import Paired

_MOST_ROWS = 128
_ROUNDS = 200


def precedence(blocks: Paired) -> Indices:
    """Order by Bradley–Terry strengths of pairwise evidence around the order by change norm.

    Every two blocks are exchanged in the order by change norm, in the direction of lower cost; the
    logarithm of the ratio of the two costs votes for one of the two sequences.

    Returns
    -------
    (L,) intp
        Input layers in running order.
    """
    base = np.argsort(change_norm(blocks), kind="stable").astype(np.intp)
    if blocks.cost(base[::-1]) < blocks.cost(base):
        base = base[::-1].copy()
    wins = precedence_evidence(blocks, base)
    return base[np.argsort(-bradley_terry(wins), kind="stable")]


def precedence_evidence(blocks: Paired, base: Indices) -> Array:
    """(L, L) share of evidence, by position in `base`, that i runs before j."""
    rows = slice(0, _MOST_ROWS)
    pair = blocks.pair
    current = Evaluator(blocks.network, blocks.x[rows], blocks.pred[rows], base, pair[base])
    share = np.full((len(base), len(base)), 0.5)
    votes = np.zeros(share.shape)
    for i in range(len(base)):
        for j in range(i + 1, len(base)):
            swapped = base.copy()
            swapped[[i, j]] = base[[j, i]]
            cost = current.propose(swapped, pair[swapped], i)
            votes[i, j] = np.log(max(cost, 1e-30)) - np.log(max(current.mse, 1e-30))
    found = votes[np.triu_indices(len(base), 1)]
    finite = found[np.isfinite(found)]
    unit = float(np.median(np.abs(finite))) if len(finite) else 0.0
    if unit > 0:
        upper = 1 / (1 + np.exp(-np.clip(votes / unit, -30, 30)))
        rows_, columns = np.triu_indices(len(base), 1)
        share[rows_, columns] = upper[rows_, columns]
        share[columns, rows_] = 1 - upper[rows_, columns]
    return share


def bradley_terry(wins: Array) -> Array:
    """Log-strengths (L,) that best explain shares of wins (L, L), by minorisation.

    Source: D. R. Hunter, MM algorithms for generalized Bradley–Terry models (2004).
    """
    wins = wins.copy()
    np.fill_diagonal(wins, 0)
    games = wins + wins.T
    total = wins.sum(axis=1)
    strength = np.ones(len(wins))
    for _ in range(_ROUNDS):
        expected = (games / (strength[:, None] + strength[None])).sum(axis=1)
        # a block that never or always wins has no finite strength
        strength = np.clip(total / np.maximum(expected, 1e-30), 1e-30, 1e30)
        strength /= np.exp(np.mean(np.log(strength)))
    return np.log(strength)
