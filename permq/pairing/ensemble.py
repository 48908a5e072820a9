"""One calibrated probability per pair, from several scores that err on different pairs."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.calibration import believe, shipped
from permq.pairing.normalise import sinkhorn


def probabilities(puzzle: Puzzle) -> Costs:
    """Probability that input layer a and output layer o are one block.

    Calibrated on networks trained in many ways (`permq.pairing.calibrate`).

    Parameters
    ----------
    puzzle
        The puzzle; of square layers, with the roles to assume (`permq.pairing.roles`).

    Returns
    -------
    (L, L) float64
        Rows and columns sum to about 1.
    """
    calibration = shipped()
    return sinkhorn(calibration.sharpness * believe(puzzle, calibration))


def surprise(shares: Costs) -> Costs:
    """(L, L) −log of probabilities, kept finite: the cost whose assignment is the likeliest."""
    return -np.log(np.maximum(shares, 1e-12))
