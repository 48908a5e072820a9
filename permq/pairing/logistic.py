"""Fit of feature weights: the right output layer among all, and the right input layer among all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.pairing.normalise import log_sum


@dataclass(frozen=True, eq=False)
class Example:
    """One network with known pairs.

    Parameters
    ----------
    features
        (F, L, L), higher is better.
    pair
        (L,) the right output layer of every input layer.
    """

    features: Array
    pair: Indices


def fit(examples: Sequence[Example], penalty: float, rounds: int = 30) -> Array:
    """Weights of a conditional logit over rows and columns, by Newton's method.

    Every network counts the same, whatever its size.

    Parameters
    ----------
    examples
        Networks with known pairs.
    penalty
        Weight of half the squared length of the result, against about two dozen pairs a network.
    rounds
        Newton steps at most.

    Returns
    -------
    (F,) float64
        `np.tensordot(weights, features, 1)` are the logits.
    """
    count = len(examples[0].features)
    weights = np.zeros(count)
    for _ in range(rounds):
        slope, curvature = -penalty * weights, penalty * np.eye(count)
        for example in examples:
            blocks = len(example.pair)
            share = 24 / blocks
            logits = np.tensordot(weights, example.features, axes=1)
            right = example.features[:, np.arange(blocks), example.pair].sum(axis=1)
            for axis in (0, 1):
                chosen = np.exp(logits - log_sum(logits, axis))
                weighted = example.features * chosen
                means = weighted.sum(axis=axis + 1)  # (F, L)
                slope += share * (right - means.sum(axis=1))
                flat = example.features.reshape(count, -1)
                curvature += share * (weighted.reshape(count, -1) @ flat.T - means @ means.T)
        step = np.linalg.solve(curvature, slope)
        step /= max(1.0, float(np.abs(step).max()))
        weights += step
        if np.abs(step).max() < 1e-4:
            break
    return weights
