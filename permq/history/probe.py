"""The probe set: rows of a puzzle on which all its snapshots are measured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle

STRATUM = 100
"""Rows of every stratum, fewer where the puzzle has less than five times as many."""
STRATA = ("easy", "medium", "hard", "edge", "random")


@dataclass(frozen=True, eq=False)
class Probe:
    """Rows to measure on.

    Parameters
    ----------
    rows
        (n,) rows of the puzzle's data, each once.
    strata
        (n,) what each was chosen for, a place in `STRATA`.
    """

    rows: Indices
    strata: NDArray[np.intp]

    @property
    def names(self) -> list[str]:
        """(n,) names of the strata."""
        return [STRATA[stratum] for stratum in self.strata]

    @classmethod
    def named(cls, rows: list[int], names: list[str]) -> "Probe":
        """Read rows and the names of their strata."""
        places = np.array([STRATA.index(name) for name in names], np.intp)
        return cls(np.array(rows, np.intp), places)

    def by_stratum(self, values: Array) -> dict[str, float]:
        """Mean of (n,) values over each stratum that has rows."""
        return {
            name: float(values[self.strata == place].mean())
            for place, name in enumerate(STRATA)
            if (self.strata == place).any()
        }


def choose(x: Array, errors: Array, rng: np.random.Generator, size: int = STRATUM) -> Probe:
    """Choose rows: easy, medium and hard by error, edge inputs, and random ones.

    A stratum takes from what those before it have left: the least errors, those around the
    median, the largest; the inputs farthest from the mean, every column in units of its spread;
    then any.

    Parameters
    ----------
    x
        (N, d) inputs.
    errors
        (N,) error of each row under some arrangement, not to be negative.
    rng
        Draws the random ones.
    size
        Rows of every stratum at most; with fewer than 5 `size` rows each has a fifth, and with
        fewer than five all are `random`.
    """
    count = len(x)
    size = min(size, count // len(STRATA))
    by_error = np.argsort(errors, kind="stable")
    middle = (count - size) // 2
    easy, hard = by_error[:size], by_error[count - size :]
    medium = by_error[middle : middle + size]
    chosen = np.concatenate([easy, medium, hard])
    spread = np.maximum(x.std(axis=0), 1e-12)
    distance = np.sqrt((((x - x.mean(axis=0)) / spread) ** 2).sum(axis=1))
    distance[chosen] = -1
    edge = np.argsort(-distance, kind="stable")[:size]
    left = np.setdiff1d(np.arange(count), np.concatenate([chosen, edge]))
    drawn = rng.choice(left, size or count, replace=False)
    groups = (easy, medium, hard, edge, drawn)
    strata = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return Probe(np.concatenate(groups).astype(np.intp), strata.astype(np.intp))


def probe_of(puzzle: Puzzle) -> Probe:
    """Choose the probe set of a puzzle, the same whenever it is asked for.

    Errors are those of a plain first guess, pairs by `quick_pairing` in ascending order of
    ‖W_out‖: the rows that a guess gets wrong are those that a search has to learn.

    Parameters
    ----------
    puzzle
        Layers and data; square layers in the roles to assume.
    """
    from permq.core.network import Network
    from permq.pairing.quick import quick_pairing

    pair = quick_pairing(puzzle).pair
    norms = np.linalg.norm(puzzle.w_out[pair].reshape(puzzle.blocks, -1), axis=1)
    inp = np.argsort(norms, kind="stable").astype(np.intp)
    with np.errstate(over="ignore", invalid="ignore"):
        answers = Network(puzzle).forward(inp, pair[inp], puzzle.x)
        errors = ((answers - puzzle.pred).astype(np.float64) ** 2).mean(axis=1)
    errors[~np.isfinite(errors)] = np.inf
    seed = int(puzzle.fingerprint[:12] or "0", 16)
    return choose(puzzle.x.astype(np.float64), errors, np.random.default_rng(seed))
