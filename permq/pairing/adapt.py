"""Weights of the features learned from the puzzle itself.

How strongly a feature tells right from wrong pairs differs from network to network. Given a first
belief, the features' means over believed pairs against their spread over the others make Fisher's
linear discriminant, without any label.
"""

import numpy as np

from permq.core.network import Array
from permq.pairing.assignment import Costs

SHRINKAGE = 0.5
"""Share of each variance added to the diagonal, so that features that say the same stay stable."""


def adapted(features: Array, belief: Costs) -> Costs:
    """Log-likelihood ratio of right against wrong under normal features of equal spread.

    Parameters
    ----------
    features
        (F, L, L) contrasts, higher is better.
    belief
        (L, L) probability of each pair.

    Returns
    -------
    (L, L) float64
        Up to a constant in each row. The row of an input layer uses means without its own pairs:
        no belief confirms itself.
    """
    count, blocks, _ = features.shape
    if blocks < 2:
        return np.zeros((blocks, blocks))
    centred = features - features.mean(axis=(1, 2), keepdims=True)
    flat = centred.reshape(count, -1)
    doubt = (1 - belief).ravel()
    spread = (flat * doubt) @ flat.T / doubt.sum()
    spread += np.diag(SHRINKAGE * np.diag(spread) + 0.01)
    by_row = (centred * belief).sum(axis=2)  # (F, L)
    means = (by_row.sum(axis=1, keepdims=True) - by_row) / (blocks - 1)
    weights = np.linalg.solve(spread, means)  # (F, L)
    return np.asarray(np.einsum("fi,fij->ij", weights, centred))
