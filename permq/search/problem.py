"""What every search is given and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from permq.core.delta import Evaluator
from permq.core.network import Network
from permq.core.puzzle import Floats, Indices, Puzzle


@dataclass(frozen=True, eq=False)
class Problem:
    """A network and the data rows on which a search judges arrangements of it.

    Parameters
    ----------
    network
        The layers, float32.
    x, pred
        (n, d) inputs and (n, m) answers of the chosen rows.
    """

    network: Network
    x: Floats
    pred: Floats

    @classmethod
    def of(cls, puzzle: Puzzle, rows: int | None = None, seed: int | None = None) -> "Problem":
        """Problem on `rows` rows: the first ones, or with a seed a random sample of them."""
        count = puzzle.rows if rows is None else min(rows, puzzle.rows)
        if seed is None:
            return cls(Network(puzzle), puzzle.x[:count], puzzle.pred[:count])
        chosen = np.random.default_rng(seed).choice(puzzle.rows, count, replace=False)
        return cls(Network(puzzle), puzzle.x[chosen], puzzle.pred[chosen])

    @property
    def blocks(self) -> int:
        """Number of blocks, L."""
        return int(self.network.blocks)

    def evaluator(self, inp: Indices, out: Indices) -> Evaluator:
        """Evaluator whose current arrangement is the given one."""
        return Evaluator(self.network, self.x, self.pred, inp, out)

    def cost(self, inp: Indices, out: Indices) -> float:
        """Mean squared error of an arrangement on these rows, float32."""
        # an absurd arrangement may overflow: its cost is then inf, and no warning is wanted
        with np.errstate(over="ignore", invalid="ignore"):
            error = self.network.forward(inp, out, self.x) - self.pred
            mse = float(np.mean(error * error))
        return mse if np.isfinite(mse) else np.inf


@dataclass(frozen=True)
class Progress:
    """One report of a running search.

    Parameters
    ----------
    step, steps
        Work done and planned, in the search's own unit (proposals, windows, rounds …).
    current, best
        Mean squared error on the problem's rows.
    note
        What is going on, for people: acceptance by move, window, round.
    evaluations
        Arrangements evaluated so far, of searches whose steps begin anew with every round.
    """

    step: int
    steps: int
    current: float
    best: float
    note: str = ""
    evaluations: int = 0


Report = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Report nothing."""


@dataclass(frozen=True, eq=False)
class Result:
    """The best arrangement a search found.

    Parameters
    ----------
    inp, out
        (L,) local indices in running order.
    mse
        On the problem's rows.
    start_mse
        Cost of the arrangement it started from, on the same rows.
    evaluations
        Arrangements evaluated, whole or from some position on.
    accepted
        Changes kept.
    """

    inp: Indices
    out: Indices
    mse: float
    start_mse: float
    evaluations: int
    accepted: int = 0
