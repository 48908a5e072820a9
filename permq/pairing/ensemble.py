"""One probability per pair from several scores."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.normalise import contrast, sinkhorn
from permq.pairing.registry import SCORES

_WEIGHTS = {
    "trace": 0.4,
    "absolute-trace": 0.2,
    "ratio": 0.4,
    "gram": 0.2,
    "hidden-cosine-square": 0.3,
    "norm-correlation": 1.0,
}


def probabilities(puzzle: Puzzle) -> Costs:
    """Probability that input layer a and output layer o are one block.

    Returns
    -------
    (L, L) float64
        Rows and columns sum to about 1.
    """
    logits = np.zeros((puzzle.blocks, puzzle.blocks))
    for name, weight in _WEIGHTS.items():
        logits += weight * np.clip(contrast(-SCORES[name].cost(puzzle)), -8, 20)
    return sinkhorn(logits)
