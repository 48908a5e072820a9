"""Measuring on a machine that others use too: in turns, and told as ratios."""

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from time import process_time
from typing import NamedTuple, TypeVar

T = TypeVar("T")


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


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What one call returns, and the seconds of processor time it took."""
    begin = process_time()
    result = work()
    return result, process_time() - begin


def tell(what: str, value: float, bound: float, unit: str = "", *, least: bool = False) -> bool:
    """Print a measured value beside its bound, and say whether it keeps it.

    Parameters
    ----------
    what, value, unit
        What was measured.
    bound, least
        The most that it may be, or with `least` the least.
    """
    kept = value >= bound if least else value <= bound
    word, sign = "kept" if kept else "MISSED", "≥" if least else "≤"
    print(f"  {what}: {value:.3g}{unit} (bound {sign} {bound:g}{unit}: {word})", flush=True)
    return kept


def spread(values: Sequence[float], unit: str = "", scale: float = 1.0) -> str:
    """Median and extremes in words; with enough values also the 90th percentile."""
    scaled = sorted(value * scale for value in values)
    words = f"median {median(scaled):.3g}{unit} ({scaled[0]:.3g} to {scaled[-1]:.3g}"
    if len(scaled) >= 20:
        words += f", nine tenths below {quantiles(scaled, n=10)[-1]:.3g}"
    return words + ")"
