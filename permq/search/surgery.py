"""Surgery: all arrangements of small windows, the suspicious ones first."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from permq.core.puzzle import Indices
from permq.diagnosis.break_points import residual_cosines
from permq.errors import OptionError
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.standing import Standing
from permq.search.stop import never
from permq.search.trie_evaluator import TrieEvaluator
from permq.search.windows import free_positions, improve_window

SMALLEST = 3
"""Positions of the first windows tried."""

_ROWS = 256  # enough to see where residual directions break


@dataclass(frozen=True)
class SurgerySettings:
    """Settings of surgery.

    Parameters
    ----------
    steps
        Windows to try at most.
    size
        Positions of the largest windows; smaller ones, from three on, come before.
    repair
        Whether to try re-pairings too, once no order of any window improves.
    trials
        Arrangements of a window at most; beyond that they are sampled.

    Raises
    ------
    OptionError
        When a setting is out of range.
    """

    steps: int = 2000
    size: int = 5
    repair: bool = True
    trials: int = 2000

    def __post_init__(self) -> None:
        if self.steps < 0:
            raise OptionError(f"steps must be 0 or more, not {self.steps}")
        if not 2 <= self.size <= 20:
            raise OptionError(f"a window has 2 to 20 positions, not {self.size}")
        if self.trials < 1:
            raise OptionError(f"trials must be 1 or more, not {self.trials}")


def surgery(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: SurgerySettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Put windows right until none can be improved.

    Windows of adjacent free positions are tried with all their orders: those of a small size
    first, within a size in the order of the breaks they lie around (see `suspicion`). After an
    improvement it begins anew with the breaks as they are then; once no window improves, all are
    tried again with re-pairings.

    Parameters
    ----------
    problem
        The network and the rows to judge by.
    inp, out
        (L,) local indices in running order.
    settings
        See `SurgerySettings`.
    seed
        For the sample of a window's arrangements.
    locked
        Positions that stay as they are.
    report
        Called after every window.
    stop
        Asked before every window and now and then inside.
    """
    state = start(problem, inp, out, settings, seed, locked=locked)
    state = advance(problem, state, settings.steps, report=report, stop=stop)
    return state.standing.result(problem)


@dataclass(frozen=True, eq=False)
class SurgeryState:
    """Everything the next windows depend on.

    Parameters
    ----------
    settings, locked
        What it was started with.
    standing
        The current arrangement.
    step, tried
        Windows tried, and those since the last improvement.
    over
        Whether no window is left that could improve.
    """

    settings: SurgerySettings
    locked: frozenset[int]
    standing: Standing
    step: int = 0
    tried: int = 0
    over: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.over or self.step >= self.settings.steps


def start(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: SurgerySettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
) -> SurgeryState:
    """State before the first window; see `surgery` for the parameters."""
    return SurgeryState(settings, frozenset(locked), Standing.of(problem, inp, out, seed))


def advance(
    problem: Problem,
    state: SurgeryState,
    windows: int,
    *,
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> SurgeryState:
    """Try up to so many windows more; one that the stop cuts short is left to the next time."""
    settings, standing = state.settings, state.standing
    evaluator = TrieEvaluator.at(problem, standing, stop)
    free = free_positions(len(standing.inp), state.locked)
    step, tried, over = state.step, state.tried, state.over
    waiting: Iterator[tuple[Indices, bool]] = islice(_plan(evaluator, free, settings), tried, None)
    end = min(step + windows, settings.steps)
    while step < end and not over and not stop():
        window = None if evaluator.finished else next(waiting, None)
        if window is None:
            over = True
            break
        positions, repair = window
        # every window draws its own numbers, whatever was drawn before it
        rng = np.random.default_rng((standing.seed, step))
        improved = improve_window(
            evaluator, positions, settings.trials, rng, repair=repair, stop=stop
        )
        if stop():
            break
        standing, step, tried = evaluator.standing(), step + 1, tried + 1
        if improved:
            waiting, tried = _plan(evaluator, free, settings), 0
        note = f"positions {positions[0]}-{positions[-1]}" + (", re-pairing" if repair else "")
        report(Progress(step, settings.steps, evaluator.mse, evaluator.mse, note))
    return replace(state, standing=standing, step=step, tried=tried, over=over)


def suspicion(cosines: NDArray[np.floating]) -> Indices:
    """Gaps between neighbouring blocks, the most suspicious first.

    A block out of place disturbs the direction that the residual stream is changed in. How much
    neighbours agree in it depends on the depth, so what counts is the dip below the gaps on both
    sides: of blocks shuffled in a window of four, the dip's rank among 47 gaps was at worst 13 on
    a real network, that of the cosine itself 34.

    Parameters
    ----------
    cosines
        (L − 1,) mean cosine of the changes that consecutive blocks make.

    Returns
    -------
    (L − 1,) array
        Gap t lies between positions t and t + 1.
    """
    if not len(cosines):
        return np.zeros(0, np.intp)
    padded = np.concatenate([cosines[:1], cosines, cosines[-1:]])
    return np.argsort(cosines - (padded[:-2] + padded[2:]) / 2, kind="stable")


def _plan(
    evaluator: TrieEvaluator, free: Indices, settings: SurgerySettings
) -> Iterator[tuple[Indices, bool]]:
    """Yield windows and whether to re-pair: all windows of a size before the larger ones."""
    problem = evaluator.problem
    gaps = suspicion(
        residual_cosines(problem.network, evaluator.inp, evaluator.out, problem.x[:_ROWS])
    )
    sizes = range(min(SMALLEST, settings.size), min(settings.size, len(free)) + 1)
    for repair in (False, True) if settings.repair else (False,):
        for size in sizes:
            first = np.searchsorted(free, gaps + 1) - size // 2
            for start in dict.fromkeys(np.clip(first, 0, len(free) - size).tolist()):
                yield free[start : start + size], repair
