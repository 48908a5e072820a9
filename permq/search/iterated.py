"""Iterated local search: kick, descend by the adjoint, keep what is not much worse.

A kick shuffles the blocks of a short window, or the output layers within it; the descent that
follows either falls back, or leaves the local optimum. Costs within a small tolerance of the best
are accepted, so that the walk drifts along the bottom of a basin.

Source: H. R. Lourenço, O. C. Martin, T. Stützle, Iterated local search (2003).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from permq.core.delta import Evaluator
from permq.core.puzzle import Indices
from permq.search.adjoint.refine import RefineSettings, descend
from permq.search.adjoint.straighten import straighten
from permq.search.problem import Problem, Progress, Report, silent
from permq.search.stop import Stop, never


@dataclass(frozen=True)
class IterateSettings:
    """How an iterated local search works.

    Parameters
    ----------
    kicks
        At most so many kicks.
    patience
        Ends after so many kicks without a new best.
    window
        Fewest and most positions that a kick shuffles.
    tolerance
        Greatest relative excess over the best that may be accepted.
    repairing
        Share of kicks that shuffle output layers only; they need `descent.repair`.
    descent
        How to descend.
    """

    kicks: int = 1000
    patience: int = 1000
    window: tuple[int, int] = (3, 8)
    tolerance: float = 0.1
    repairing: float = 0.0
    descent: RefineSettings = field(default_factory=RefineSettings)


def kicked(
    inp: Indices,
    out: Indices,
    free: Indices,
    settings: IterateSettings,
    rng: np.random.Generator,
) -> tuple[Indices, Indices]:
    """The arrangement with the blocks, or the output layers, of a window of it shuffled."""
    low, high = settings.window
    width = min(len(free), int(rng.integers(low, high + 1)))
    first = int(rng.integers(0, len(free) - width + 1))
    window = free[first : first + width]
    shuffled = rng.permutation(window)
    inp, out = inp.copy(), out.copy()
    out[window] = out[shuffled]
    if rng.random() >= settings.repairing:
        inp[window] = inp[shuffled]
    return inp, out


def _ignore(inp: Indices, out: Indices, mse: float) -> None:
    """Take no note."""


def iterate(
    problem: Problem,
    current: Evaluator,
    settings: IterateSettings,
    rng: np.random.Generator,
    *,
    locked: frozenset[int] = frozenset(),
    target: float = 0.0,
    report: Report = silent,
    stop: Stop = never,
    found: Callable[[Indices, Indices, float], object] = _ignore,
) -> None:
    """Search on from the evaluator's current arrangement; it ends with the best as the current.

    Parameters
    ----------
    target
        A cost at which nothing is left to do.
    found
        Told of every new best.
    """
    free = np.array([t for t in range(problem.blocks) if t not in locked], np.intp)

    def descended() -> None:
        if not locked:
            straighten(problem, current, target=target, stop=stop)
        if current.mse > target:
            descend(
                problem, current, settings.descent, rng, locked=locked, target=target, stop=stop
            )

    inp, out, mse = current.inp, current.out, current.mse
    best_inp, best_out, best, since = inp, out, mse, 0
    for number in range(settings.kicks):
        if best <= target or since >= settings.patience or len(free) < 2 or stop():
            break
        current.reset(*kicked(inp, out, free, settings, rng))
        descended()
        since += 1
        if current.mse < best:
            since = 0
            best_inp, best_out, best = current.inp, current.out, current.mse
            found(best_inp, best_out, best)
        if current.mse <= best * (1 + settings.tolerance * rng.random()):
            inp, out, mse = current.inp, current.out, current.mse
        report(Progress(number + 1, settings.kicks, mse, best, f"kick {number + 1}"))
    current.reset(best_inp, best_out)
