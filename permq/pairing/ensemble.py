"""One calibrated probability per pair, from several scores that err on different pairs."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.calibration import bare_logits_of, logits_of, shipped


def probabilities(puzzle: Puzzle, *, data: bool = True) -> Costs:
    """Probability that input layer a and output layer o are one block.

    Calibrated on networks trained in many ways (`permq.pairing.calibrate`).

    Parameters
    ----------
    puzzle
        The puzzle; of square layers, with the roles to assume (`permq.pairing.roles`).
    data
        Whether to use the data too. Without them it is what the weights alone say: a prior for
        a method that draws its own conclusions from the data.

    Returns
    -------
    (L, L) float64
        Rows and columns sum to about 1.
    """
    calibration = shipped()
    if data:
        return calibration.sharpness.probabilities(logits_of(puzzle, calibration))
    return calibration.bare_sharpness.probabilities(bare_logits_of(puzzle, calibration))


def surprise(shares: Costs) -> Costs:
    """(L, L) −log of probabilities, kept finite: the cost whose assignment is the likeliest."""
    return -np.log(np.maximum(shares, 1e-12))
