"""Estimates from few runs, with the interval that the truth lies in 95 times of 100."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, sqrt

Z = 1.959963984540054
"""97.5 % point of the normal distribution."""


@dataclass(frozen=True)
class Estimate:
    """A mean and its 95 % interval.

    Parameters
    ----------
    mean
        Of the values; geometric where they are told on a logarithmic scale.
    low, high
        The interval; None where one value says nothing of it.
    count
        How many values.
    """

    mean: float
    low: float | None
    high: float | None
    count: int


def wilson(successes: int, count: int, z: float = Z) -> Estimate:
    """Share of successes with Wilson's score interval.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22 (1927).

    Raises
    ------
    ValueError
        When there are no trials, or more successes than trials.
    """
    if not 0 <= successes <= count or count == 0:
        raise ValueError(f"{successes} successes of {count}")
    share = successes / count
    scale = 1 + z * z / count
    centre = (share + z * z / (2 * count)) / scale
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / scale
    # at the ends rounding must not leave the share itself outside
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == count else centre + half
    return Estimate(share, low, high, count)


def mean(values: Sequence[float]) -> Estimate:
    """Arithmetic mean with Student's interval.

    Raises
    ------
    ValueError
        When there are no values.
    """
    count = len(values)
    if count == 0:
        raise ValueError("no values")
    centre = sum(values) / count
    if count == 1:
        return Estimate(centre, None, None, 1)
    variance = sum((value - centre) ** 2 for value in values) / (count - 1)
    half = _student(count - 1) * sqrt(variance / count)
    return Estimate(centre, centre - half, centre + half, count)


def share(values: Sequence[float]) -> Estimate:
    """Mean of shares; its interval stays within 0 and 1."""
    found = mean(values)
    if found.low is None or found.high is None:
        return found
    return Estimate(found.mean, max(found.low, 0.0), min(found.high, 1.0), found.count)


def geometric(values: Sequence[float], floor: float) -> Estimate:
    """Geometric mean with Student's interval of the logarithms; `floor` stands for what is less."""
    found = mean([log(max(value, floor)) for value in values])
    if found.low is None or found.high is None:
        return Estimate(exp(found.mean), None, None, found.count)
    # a handful of values far apart may have an interval that no float holds
    low, high = (exp(min(max(edge, -700.0), 700.0)) for edge in (found.low, found.high))
    return Estimate(exp(found.mean), low, high, found.count)


def _student(freedom: int) -> float:
    from scipy.stats import t

    point = float(t.ppf(0.975, freedom))
    if not isfinite(point):
        raise ValueError(f"{freedom} degrees of freedom")
    return point
