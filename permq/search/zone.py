"""Uncertain positions: search those on which solutions disagree, with all others locked."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.search.annealing import anneal
from permq.search.annealing_settings import AnnealSettings
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.stop import never
from permq.search.trie_evaluator import TrieEvaluator
from permq.search.windows import free_positions, orders

_SLICE = 2048


@dataclass(frozen=True)
class ZoneSettings:
    """Settings of the search over uncertain positions.

    Parameters
    ----------
    positions
        The zone: positions that are searched; all others are locked.
    trials
        Orders of the zone up to which all of them are tried; beyond that they are annealed.
    steps
        Steps of that annealing.

    Raises
    ------
    OptionError
        When a setting is out of range.
    """

    positions: tuple[int, ...]
    trials: int = 50_000
    steps: int = 20_000

    def __post_init__(self) -> None:
        if len(set(self.positions)) < len(self.positions):
            raise OptionError("a position stands twice in the zone")
        if self.trials < 0 or self.steps < 0:
            raise OptionError("trials and steps must be 0 or more")


def zone(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: ZoneSettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Find the best order of the blocks in a zone; pairs stay together.

    Parameters
    ----------
    problem
        The network and the rows to judge by.
    inp, out
        (L,) local indices in running order.
    settings
        See `ZoneSettings`.
    seed
        Of the annealing.
    locked
        Positions to leave out of the zone.
    report
        Called with orders tried, or steps annealed.
    stop
        Asked now and then.

    Returns
    -------
    Result
        The optimum where the zone's orders could be enumerated.

    Raises
    ------
    OptionError
        When the zone has positions that the arrangement does not have.
    """
    blocks = len(inp)
    if not all(0 <= position < blocks for position in settings.positions):
        raise OptionError(f"positions are 0 to {blocks - 1}")
    outside = frozenset(range(blocks)) - (frozenset(settings.positions) - locked)
    free = free_positions(blocks, outside)
    if len(free) <= 20 and factorial(len(free)) <= settings.trials:
        return _enumerate(problem, inp, out, free, seed, report, stop)
    annealing = AnnealSettings(
        steps=settings.steps, moves={"swap": 1.0, "insertion": 1.0, "rotation": 0.5}
    )
    return anneal(problem, inp, out, annealing, seed, locked=outside, report=report, stop=stop)


def agreement(solutions: Sequence[tuple[Indices, Indices]]) -> NDArray[np.float64]:
    """(L,) share of solutions that run the most frequent input layer at each position.

    Raises
    ------
    OptionError
        When there is no solution.
    """
    if not solutions:
        raise OptionError("agreement needs at least one solution")
    layers = np.array([inp for inp, _ in solutions])
    return np.array([np.bincount(column).max() for column in layers.T]) / len(layers)


def _enumerate(
    problem: Problem,
    inp: Indices,
    out: Indices,
    free: Indices,
    seed: int,
    report: Report,
    stop: Callable[[], bool],
) -> Result:
    """Try every order of the free positions."""
    evaluator = TrieEvaluator(problem, inp, out, seed, stop)
    count, best, limit = factorial(len(free)), (inp, out), evaluator.bar
    for first in range(1, count, _SLICE):
        if evaluator.finished or stop():
            break
        moved = orders(np.arange(first, min(count, first + _SLICE)), len(free))
        inps, outs = np.tile(inp, (len(moved), 1)), np.tile(out, (len(moved), 1))
        inps[:, free], outs[:, free] = inp[free][moved], out[free][moved]
        winner, lowest = evaluator.best(inps, outs, limit)
        if winner >= 0:
            best, limit = (inps[winner], outs[winner]), lowest
        done = first + len(moved)
        report(Progress(done, count, evaluator.mse, min(limit, evaluator.mse), "orders"))
    if best[0] is not inp:
        evaluator.accept(*best, limit)
    return evaluator.result()
