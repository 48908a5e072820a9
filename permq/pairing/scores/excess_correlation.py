"""Correlation of how much training moved each hidden unit's incoming and outgoing weights."""

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.excess import amounts, compressed, excess_in, excess_out
from permq.pairing.products import correlate


def excess_correlation(puzzle: Puzzle, share: float = 1.0, *, plain: bool = False) -> Costs:
    """Correlation over hidden units of the weights' excess over the initial bulk, higher is better.

    Parameters
    ----------
    puzzle
        The puzzle.
    share
        Where excess begins, in units of the bulk's edge; below 1 it also sees weights that were
        moved less, at the price of initial noise.
    plain
        Correlate the amounts themselves instead of their compressed logarithms.

    Returns
    -------
    (L, L) float64
    """
    inward, outward = amounts(excess_in(puzzle, share)), amounts(excess_out(puzzle, share))
    if not plain:
        inward, outward = compressed(inward), compressed(outward)
    return correlate(inward, outward)
