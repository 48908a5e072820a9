"""What each pairing method says, side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from permq.core.puzzle import Indices, Puzzle
from permq.errors import OptionError
from permq.pairing.assignment import Costs, assign, margins, mutual_best, total
from permq.pairing.ensemble import probabilities, surprise
from permq.pairing.registry import SCORES

ENSEMBLE = "ensemble"
METHODS = (*SCORES, ENSEMBLE)


@dataclass(frozen=True, eq=False)
class Judgement:
    """One method's pairing and how firmly it stands.

    Parameters
    ----------
    method
        Name of the score, or `ensemble` or `hybrid`.
    cost
        (L, L) cost, lower is better, in the method's own unit.
    pair
        (L,) its assignment.
    margin
        (L,) assignment cost without each pair minus the optimum.
    mutual
        How many of the pairs are the best of both their row and their column.
    seconds
        Time of score, assignment and margins.
    """

    method: str
    cost: Costs
    pair: Indices
    margin: Costs
    mutual: int
    seconds: float

    @property
    def assignment_cost(self) -> float:
        """Total cost of the pairing."""
        return total(self.cost, self.pair)

    @property
    def mean_margin(self) -> float:
        """Mean over pairs of `margin`."""
        return float(self.margin.mean())

    def agreement(self, pair: Indices) -> int:
        """Number of pairs also in another pairing (L,)."""
        return int((self.pair == pair).sum())


def cost_of(method: str, puzzle: Puzzle) -> Costs:
    """(L, L) cost of a method, lower is better; of the ensemble −log probability.

    Raises
    ------
    OptionError
        When there is no such method.
    """
    if method == ENSEMBLE:
        return surprise(probabilities(puzzle))
    if method not in SCORES:
        raise OptionError(f"no pairing method {method!r}; there are {', '.join(METHODS)}")
    return SCORES[method].cost(puzzle)


def judge(method: str, puzzle: Puzzle) -> Judgement:
    """Run one method; see `cost_of` for the error."""
    started = perf_counter()
    return judged(method, cost_of(method, puzzle), started)


def judged(method: str, cost: Costs, started: float) -> Judgement:
    """Judgement by a cost matrix (L, L) whose making began at `started` (`perf_counter`)."""
    pair = assign(cost)
    margin = margins(cost, pair)
    mutual = int(mutual_best(cost)[np.arange(len(pair)), pair].sum())
    return Judgement(method, cost, pair, margin, mutual, perf_counter() - started)


def saved_arrays(puzzle: Puzzle, judgements: Iterable[Judgement]) -> dict[str, np.ndarray]:
    """What `permq pair --save` keeps: pieces, the last judgement's `pair`, each method's arrays."""
    arrays: dict[str, np.ndarray] = {
        "inp_pieces": puzzle.inp_pieces,
        "out_pieces": puzzle.out_pieces,
    }
    for judgement in judgements:
        arrays["pair"] = judgement.pair
        arrays[f"{judgement.method}.cost"] = judgement.cost
        arrays[f"{judgement.method}.pair"] = judgement.pair
        arrays[f"{judgement.method}.margin"] = judgement.margin
    return arrays
