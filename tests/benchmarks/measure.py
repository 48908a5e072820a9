"""Measuring on a machine that others use too: in turns, and told as ratios."""

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import NamedTuple


class Rate(NamedTuple):
    """Work per second of a candidate beside that of a reference."""

    reference: float
    candidate: float
    ratio: float


def rate(work: Callable[[int], object], count: int) -> float:
    """Units per second of `work(count)`."""
    begin = process_time()
    work(count)
    return count / (process_time() - begin)


def count_for(work: Callable[[int], object], seconds: float) -> int:
    """How many units take about so many seconds, found by doing some."""
    count = 1
    while (speed := rate(work, count)) * seconds > 4 * count:
        count *= 4
    return max(1, int(speed * seconds))


def compare(
    reference: Callable[[int], object],
    candidate: Callable[[int], object],
    seconds: float = 0.5,
    rounds: int = 7,
) -> Rate:
    """Rates of two kinds of work, done in turns so that both see the same machine.

    Returns
    -------
    Rate
        Medians; the ratio is the median of the rounds' own ratios.
    """
    counts = [count_for(work, seconds) for work in (reference, candidate)]
    pairs = [(rate(reference, counts[0]), rate(candidate, counts[1])) for _ in range(rounds)]
    return Rate(
        median(one for one, _ in pairs),
        median(other for _, other in pairs),
        median(other / one for one, other in pairs),
    )
