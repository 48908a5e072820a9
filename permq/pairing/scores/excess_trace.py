"""Size of the trace over the parts of the weights that training moved."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.excess import excess_in, excess_out
from permq.pairing.products import contract


def excess_trace(puzzle: Puzzle, share: float = 0.9) -> Costs:
    """abs(Σ_k excess W_in_i[k] · excess W_out_j[:, k]), higher is better.

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
    inward = np.ascontiguousarray(excess_in(puzzle, share)[:, :, :-1])
    return np.abs(contract(inward, np.ascontiguousarray(excess_out(puzzle, share))))
