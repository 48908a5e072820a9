"""Whether probabilities mean what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from permq.core.puzzle import Indices
from permq.pairing.assignment import Costs

Judged = Sequence[tuple[Costs, Indices]]
"""Networks: (L, L) probabilities, and the (L,) right pairing."""


@dataclass(frozen=True)
class Bin:
    """Pairs of about the same probability.

    Parameters
    ----------
    said
        Mean probability.
    seen
        Share of them that is right.
    count
        How many.
    """

    said: float
    seen: float
    count: int


def reliability(judged: Judged, bins: int = 10) -> list[Bin]:
    """Probability said against frequency seen, over every entry of the matrices above 0.005."""
    said, right = [], []
    for shares, pair in judged:
        truth = np.zeros(shares.shape, dtype=np.bool_)
        truth[np.arange(len(pair)), pair] = True
        said.append(shares.ravel())
        right.append(truth.ravel())
    shares, truth = np.concatenate(said), np.concatenate(right)
    found = []
    edges = np.linspace(0, 1, bins + 1)
    edges[0] = 0.005
    for low, high in pairwise(edges.tolist()):
        inside = (shares > low) & (shares <= high)
        if inside.any():
            mean = float(shares[inside].mean())
            found.append(Bin(mean, float(truth[inside].mean()), int(inside.sum())))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: mean of |said − seen| over bins, weighted by count."""
    total = sum(found.count for found in bins)
    return sum(found.count * abs(found.said - found.seen) for found in bins) / max(total, 1)


def log_loss(judged: Judged) -> float:
    """Mean −log probability of the right pairs, every network counting the same."""
    losses = [
        -np.log(np.maximum(shares[np.arange(len(pair)), pair], 1e-12)).mean()
        for shares, pair in judged
    ]
    return float(np.mean(losses))
