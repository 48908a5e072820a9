"""The pairing of a network that makes it easy, in a few milliseconds.

Three scores from two matrix products. They are independent enough that agreement with wide gaps is
proof in practice; anything less is left to the ensemble.
"""

from dataclasses import dataclass

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs, assign
from permq.pairing.products import contract, hidden_grams, units_in, units_out
from permq.pairing.scores.hidden_cosine import unit_cosines
from permq.pairing.scores.ratio import dominance

GAP = 1.5
"""The least distance of right from wrong entries, in units of the wrong entries' largest size."""


@dataclass(frozen=True, eq=False)
class QuickPairing:
    """What the quick scores say.

    Parameters
    ----------
    pair
        (L,) output layer of every input layer, by the ratio.
    costs
        `trace`, `ratio` and `hidden_cosine` as (L, L) costs, lower is better; the signed ones are
        turned so that the pairs of `pair` have negative values.
    sure
        Whether all three name the same pairing and separate right from wrong pairs widely.
    """

    pair: Indices
    costs: dict[str, Costs]
    sure: bool


def quick_pairing(puzzle: Puzzle) -> QuickPairing:
    """Pair by trace, diagonal dominance ratio and hidden-unit cosine."""
    inward, outward = units_in(puzzle), units_out(puzzle)
    trace = contract(inward, outward)
    ratio = dominance(trace, contract(hidden_grams(inward), hidden_grams(outward)))
    cosine = unit_cosines(inward, outward)
    rows = np.arange(puzzle.blocks)
    pair = assign(-ratio)
    sign = -1.0 if trace[rows, pair].sum() > 0 else 1.0
    costs = {"trace": sign * trace, "ratio": -ratio, "hidden_cosine": sign * cosine}
    return QuickPairing(pair, costs, all(_stands_out(cost, pair) for cost in costs.values()))


def _stands_out(cost: Costs, pair: Indices) -> bool:
    """Whether the pairs' costs lie below all others by `GAP` times the others' largest size."""
    if len(pair) < 2:
        return False
    right = np.zeros(cost.shape, dtype=np.bool_)
    right[np.arange(len(pair)), pair] = True
    return bool(cost[right].max() < -GAP * np.abs(cost[~right]).max())
