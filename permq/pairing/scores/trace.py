"""Trace of the product of both layers."""

from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.products import traces


def trace(puzzle: Puzzle) -> Costs:
    """tr(W_out_j W_in_i), lower is better.

    A block that training makes contract its own input has a strongly negative trace. In other
    networks right pairs can have positive ones; see `absolute_trace`.

    Returns
    -------
    (L, L) float64
    """
    return traces(puzzle)
