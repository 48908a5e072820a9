"""Whether something grows: a robust slope, and how much of it is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HOUR = 3600.0
MOST = 120
"""Samples that a slope is fitted to, at most: it looks at every pair."""


@dataclass(frozen=True)
class Limit:
    """How much something may grow.

    Parameters
    ----------
    an_hour
        In its unit.
    slack
        However long it is looked at: what comes and goes, and is no growth.
    """

    an_hour: float
    slack: float = 0.0


@dataclass(frozen=True)
class Trend:
    """One series after the warm-up.

    Parameters
    ----------
    first, last
        Medians of its first and its last tenth.
    an_hour
        Slope.
    grown
        What the slope comes to over the time that was looked at.
    limit
        That it must keep; None where it is only told of.
    hours
        That were looked at.
    """

    first: float
    last: float
    an_hour: float
    grown: float
    limit: Limit | None
    hours: float

    @property
    def kept(self) -> bool:
        """Whether it keeps its limit."""
        limit = self.limit
        return limit is None or self.grown <= limit.slack + limit.an_hour * self.hours


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Median slope of all pairs (Theil and Sen): a single jump or spike is no growth."""
    step = -(-len(times) // MOST)
    points = list(zip(times, values, strict=True))[::step]
    pairs = [
        (after - before) / (late - early)
        for place, (early, before) in enumerate(points)
        for late, after in points[place + 1 :]
    ]
    return median(pairs) if pairs else 0.0


def trend(times: Sequence[float], values: Sequence[float], limit: Limit | None) -> Trend:
    """Fit a series; times in seconds."""
    tenth = max(1, len(values) // 10)
    steep = slope(times, values)
    seconds = times[-1] - times[0] if times else 0.0
    return Trend(
        first=median(values[:tenth]),
        last=median(values[-tenth:]),
        an_hour=HOUR * steep,
        grown=steep * seconds,
        limit=limit,
        hours=seconds / HOUR,
    )
