"""Size of the trace, for networks whose right pairs have traces of either sign."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import traces


def absolute_trace(puzzle: Puzzle) -> Costs:
    """abs(tr(W_out_j W_in_i)), higher is better.

    Returns
    -------
    (L, L) float64
    """
    return np.abs(traces(puzzle))
