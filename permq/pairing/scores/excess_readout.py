"""Excess of a hidden unit's incoming weights against how strongly it is read out."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.excess import amounts, compressed, excess_in, excess_out
from permq.pairing.products import correlate


def excess_readout(puzzle: Puzzle, share: float = 0.9) -> Costs:
    """Correlation of ‖excess W_in_i[k]‖₁ and ‖W_last excess W_out_j[:, k]‖₁, higher is better.

    The gradient of W_in[k] is proportional to the unit's effect on the answer.

    Parameters
    ----------
    puzzle
        The puzzle.
    share
        Where excess begins, in units of the bulk's edge.

    Returns
    -------
    (L, L) float64
    """
    inward = amounts(excess_in(puzzle, share))
    readout = amounts(np.asarray(excess_out(puzzle, share) @ puzzle.w_last.T))
    return correlate(compressed(inward), compressed(readout))
