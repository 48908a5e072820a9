"""Whether training moved both layers about equally much."""

import numpy as np

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.excess import amounts, excess_in, excess_out


def excess_level(puzzle: Puzzle, share: float = 1.0) -> Costs:
    """Squared difference of the layers' ranks by total excess, as shares of L, lower is better.

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
    levels = [
        np.argsort(np.argsort(amounts(side).sum(axis=1), kind="stable")) / puzzle.blocks
        for side in (excess_in(puzzle, share), excess_out(puzzle, share))
    ]
    return np.asarray((levels[0][:, None] - levels[1][None, :]) ** 2)
