"""Linear regression whose noise and shrinkage the data decide.

The parameters have a Gaussian prior, the errors an unknown variance that is estimated with them
(MacKay's evidence iteration). Everything runs on the smaller of the two normal matrices, so
thousands of unknowns from few rows, or the reverse, cost the same.
"""

from dataclasses import dataclass

import numpy as np

from permq.core.network import Array

_ROUNDS = 6
_SETTLED = 0.01  # relative change of the noise variance
_PART = 4096


@dataclass(frozen=True, eq=False)
class Fit:
    """A posterior mean and how much the data say about it.

    Parameters
    ----------
    estimate
        (p,) posterior mean.
    known
        (p,) share of the prior variance that the data removed, between 0 and 1.
    noise
        Variance of the errors, as taken for the estimate.
    """

    estimate: Array
    known: Array
    noise: float


def ridge(
    columns: Array,
    errors: Array,
    current: Array,
    mean: Array,
    variance: Array,
    noise: float | None = None,
) -> Fit:
    """Fit parameters around a linearisation.

    Parameters
    ----------
    columns
        (n, p) derivative of the prediction with respect to each parameter; overwritten.
    errors
        (n,) what the prediction at `current` is short of.
    current
        (p,) parameters of the linearisation.
    mean, variance
        (p,) Gaussian prior of the parameters.
    noise
        Variance to begin with; the mean squared error by default.

    Returns
    -------
    Fit
    """
    from scipy.linalg import cho_factor, cho_solve, solve_triangular

    rows, unknowns = columns.shape
    spread = np.sqrt(variance)
    columns *= spread.astype(columns.dtype)
    offset = (mean - current) / spread
    short = errors.astype(np.float64) - columns @ offset
    dual = rows <= unknowns
    gram = (columns @ columns.T if dual else columns.T @ columns).astype(np.float64)
    target = short if dual else columns.T @ short
    noise = float(np.mean(errors.astype(np.float64) ** 2)) if noise is None else noise
    # less noise than the rounding of the normal matrix leaves it indefinite
    rounding = float(np.finfo(columns.dtype).eps) * float(np.trace(gram))
    floor = max(1e-12 * (float(np.mean(short**2)) + 1e-30), rounding)
    identity = np.eye(len(gram))
    for _ in range(_ROUNDS):
        noise = max(noise, floor)
        factor = cho_factor(gram + noise * identity, lower=True)
        solution = cho_solve(factor, target)
        # what the fit leaves, and how many parameters' worth of freedom it took
        left = noise * solution if dual else short - columns @ solution
        inverse = solve_triangular(factor[0], identity, lower=True)
        taken = len(gram) - noise * float(np.sum(inverse**2))
        used, noise = noise, float(left @ left) / max(rows - taken, 0.1 * rows)
        if abs(noise - used) < _SETTLED * used:
            break
    if dual:
        known = np.empty(unknowns)
        for first in range(0, unknowns, _PART):  # in parts, because they are cast to float64
            part = slice(first, first + _PART)
            solved = solve_triangular(factor[0], columns[:, part], lower=True)
            known[part] = np.einsum("np,np->p", solved, solved)
        scaled = offset + columns.T @ solution
    else:
        known = 1 - used * np.einsum("pq,pq->q", inverse, inverse)
        scaled = offset + solution
    return Fit(current + scaled * spread, np.clip(known, 0, 1), used)
