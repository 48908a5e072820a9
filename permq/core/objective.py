"""The full cost, the one source of truth, and what "exact" means.

*Solved* is defined once, here. Where the answer's SHA-256 is known, only that hash says solved.
Where it is not, an arrangement is solved when its largest absolute error against `pred`, over all
rows and outputs in float64, is at most `EXACT` times the spread (standard deviation) of `pred`.
With a known hash that is missed at such an error the arrangement is *equivalent*: the same function
by other indices. With noisy `pred` no arrangement is exact, and only a hash can say solved.
"""

from dataclasses import dataclass

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.network import Array, Network
from permq.core.puzzle import Indices, Puzzle

EXACT = 1e-4
"""Largest error of an exact reconstruction, in units of the spread of `pred`."""

_CHUNK = 512  # rows at a time: states and hidden units of a block stay in the processor's cache


@dataclass(frozen=True)
class Verification:
    """What the full evaluation of an arrangement says.

    Parameters
    ----------
    mse, max_abs_error
        Against `pred`, over all rows and outputs, in float64.
    spread
        Standard deviation of `pred`, the unit of `EXACT`.
    sha256
        Of the answer text.
    sha256_match
        Whether it is the known hash; None where no hash is known.
    exact
        Whether the reconstruction is exact (`EXACT`).
    """

    mse: float
    max_abs_error: float
    spread: float
    sha256: str
    sha256_match: bool | None
    exact: bool

    @property
    def equivalent(self) -> bool:
        """Exact as a function, but not the answer whose hash is known."""
        return self.exact and self.sha256_match is False

    @property
    def solved(self) -> bool:
        """A hash match, or an exact reconstruction where no hash is known."""
        return self.exact if self.sha256_match is None else self.sha256_match


def residuals(puzzle: Puzzle, inp: Indices, out: Indices) -> Array:
    """(N, m) float64 errors (answer minus `pred`) over all rows, computed in float64."""
    network = Network(puzzle, np.float64)
    chunks = [
        network.forward(inp, out, puzzle.x[first : first + _CHUNK])
        for first in range(0, puzzle.rows, _CHUNK)
    ]
    return np.concatenate(chunks) - puzzle.pred


def objective(puzzle: Puzzle, inp: Indices, out: Indices) -> float:
    """Mean squared error against `pred` over all rows and outputs, in float64.

    Parameters
    ----------
    puzzle
        Layers and data.
    inp, out
        (L,) local indices in running order, as `Puzzle.indices` gives them.
    """
    return float(np.mean(residuals(puzzle, inp, out) ** 2))


def verify(puzzle: Puzzle, arrangement: Arrangement) -> Verification:
    """Evaluate an arrangement in full.

    Parameters
    ----------
    puzzle
        Layers and data; square layers take the roles that the arrangement gives them.
    arrangement
        What to evaluate.

    Returns
    -------
    Verification
        Its cost, its hash, and whether that makes it the answer.

    Raises
    ------
    AnswerError
        When the arrangement is none of this puzzle.
    """
    puzzle = puzzle.for_answer(arrangement)
    # a large cost may overflow to inf, which is an honest answer; no warning is wanted
    with np.errstate(over="ignore", invalid="ignore"):
        errors = residuals(puzzle, *puzzle.indices(arrangement))
        mse, largest = float(np.mean(errors**2)), float(np.max(np.abs(errors)))
    spread = float(np.std(puzzle.pred.astype(np.float64)))
    known = puzzle.solution_sha256
    return Verification(
        mse=mse,
        max_abs_error=largest,
        spread=spread,
        sha256=arrangement.sha256,
        sha256_match=None if known is None else arrangement.sha256 == known,
        exact=bool(largest <= EXACT * spread),
    )
