"""Which data rows to look at first, so that a hopeless arrangement is decided on few of them."""

import numpy as np

from permq.core.puzzle import Indices
from permq.search.problem import Problem

_PROBES = 4


def row_chunks(rows: int, smallest: int) -> list[int]:
    """Sizes of the chunks that rows are looked at in: a small one, then doubling up to 512."""
    sizes: list[int] = []
    size = smallest
    while rows > 0:
        taken = rows if rows < 2 * size else size
        sizes.append(taken)
        rows -= taken
        size = min(2 * size, 512)
    return sizes


def decisive_rows(
    problem: Problem, inp: Indices, out: Indices, rng: np.random.Generator
) -> Indices:
    """Sort rows by the squared error of disturbed arrangements on them, largest first.

    Parameters
    ----------
    problem
        Network and rows.
    inp, out
        (L,) local indices of the arrangement to disturb, by two random swaps each time.
    rng
        Draws the swaps.

    Returns
    -------
    (n,) array
        Every row once.
    """
    errors = np.zeros(len(problem.x))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(_PROBES):
            order = np.arange(len(inp))
            for i, j in rng.integers(len(inp), size=(2, 2)):
                order[[i, j]] = order[[j, i]]
            answer = problem.network.forward(inp[order], out[order], problem.x)
            error = np.square(answer.astype(np.float64) - problem.pred).sum(1)
            errors += np.nan_to_num(error / error.sum(), nan=0.0)
    return np.argsort(-errors, kind="stable")
