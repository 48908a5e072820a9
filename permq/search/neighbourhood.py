"""Large neighbourhood search: free a few positions, try all orders of what stands there."""

from collections.abc import Callable, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.standing import Standing
from permq.search.stop import never
from permq.search.trie_evaluator import TrieEvaluator
from permq.search.windows import free_positions, improve_window

Weights = NDArray[np.float64]

CHOICES = ("mixed", "random", "adjacent", "weighted", "harmful")
_ROWS = 256  # enough to see which blocks do harm where they stand
_REDRAWS = 20  # to find a neighbourhood not tried yet


@dataclass(frozen=True)
class NeighbourhoodSettings:
    """Settings of large neighbourhood search.

    Parameters
    ----------
    steps
        Neighbourhoods to try.
    size
        Positions freed at a time.
    choose
        How they are chosen: at `random`; `adjacent` ones; by `weighted` draws; `harmful`, adjacent
        ones around a block without which the cost is low; or `mixed`, these in turn.
    weights
        (L,) chance of each position, not normalised, for `weighted` draws (how much solutions
        disagree on it, for instance); without weights all are equal.
    repair
        Whether output layers may change their blocks too.
    trials
        Arrangements of a neighbourhood at most; beyond that they are sampled.

    Raises
    ------
    OptionError
        When a setting is unknown or out of range.
    """

    steps: int = 500
    size: int = 5
    choose: str = "mixed"
    weights: tuple[float, ...] | None = None
    repair: bool = False
    trials: int = 2000

    def __post_init__(self) -> None:
        if self.steps < 0:
            raise OptionError(f"steps must be 0 or more, not {self.steps}")
        if not 2 <= self.size <= 20:
            raise OptionError(f"2 to 20 positions can be freed, not {self.size}")
        if self.trials < 1:
            raise OptionError(f"trials must be 1 or more, not {self.trials}")
        if self.choose not in CHOICES:
            raise OptionError(f"{self.choose!r} is no choice; choose {', '.join(CHOICES)}")
        if self.weights is not None and not all(0 <= weight < np.inf for weight in self.weights):
            raise OptionError("the weights of positions must be 0 or more")


def neighbourhood_search(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: NeighbourhoodSettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Free a few positions, keep the best order of their blocks if it improves, and again.

    Parameters
    ----------
    problem
        The network and the rows to judge by.
    inp, out
        (L,) local indices in running order.
    settings
        See `NeighbourhoodSettings`.
    seed
        Same seed, same result.
    locked
        Positions that stay as they are.
    report
        Called after every neighbourhood.
    stop
        Asked before every neighbourhood and now and then inside.

    Raises
    ------
    OptionError
        When there is not one weight for every position.

    Notes
    -----
    P. Shaw, Using constraint programming and local search methods to solve vehicle routing
    problems, CP 1998.
    """
    state = start(problem, inp, out, settings, seed, locked=locked)
    state = advance(problem, state, settings.steps, report=report, stop=stop)
    return state.standing.result(problem)


@dataclass(frozen=True, eq=False)
class NeighbourhoodState:
    """Everything the next neighbourhoods depend on.

    Parameters
    ----------
    settings, locked
        What it was started with.
    standing
        The current arrangement.
    step
        Neighbourhoods tried.
    tried
        Positions of those since the last improvement.
    over
        Whether nothing is left to improve.
    """

    settings: NeighbourhoodSettings
    locked: frozenset[int]
    standing: Standing
    step: int = 0
    tried: frozenset[tuple[int, ...]] = frozenset()
    over: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.over or self.step >= self.settings.steps


def start(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: NeighbourhoodSettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
) -> NeighbourhoodState:
    """State before the first neighbourhood; see `neighbourhood_search`."""
    if settings.weights is not None and len(settings.weights) != len(inp):
        raise OptionError(f"{len(settings.weights)} weights for {len(inp)} positions")
    standing = Standing.of(problem, inp, out, seed)
    return NeighbourhoodState(settings, frozenset(locked), standing)


def advance(
    problem: Problem,
    state: NeighbourhoodState,
    steps: int,
    *,
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> NeighbourhoodState:
    """Try up to so many more; one that the stop cuts short is left to the next time."""
    settings, standing = state.settings, state.standing
    evaluator = TrieEvaluator.at(problem, standing, stop)
    free = free_positions(len(standing.inp), state.locked)
    size = min(settings.size, len(free))
    names = [settings.choose]
    if settings.choose == "mixed":
        names = ["random", "adjacent", "harmful"]
        names += ["weighted"] if settings.weights is not None else []
    harm: Weights | None = None
    step, tried, over = state.step, state.tried, state.over or size < 2
    end = min(step + steps, settings.steps)
    while step < end and not over and not stop():
        if evaluator.finished:
            over = True
            break
        # every neighbourhood draws its own numbers, whatever was drawn before it
        rng = np.random.default_rng((standing.seed, step))
        name = names[step % len(names)]
        if name == "harmful" and harm is None:
            harm = harmful(evaluator)
        for _ in range(_REDRAWS):
            positions = _chosen(name, free, size, settings.weights, harm, rng)
            if tuple(positions.tolist()) not in tried:
                break
        improved = improve_window(
            evaluator, positions, settings.trials, rng, repair=settings.repair, stop=stop
        )
        if stop():
            break
        standing, step = evaluator.standing(), step + 1
        tried |= {tuple(positions.tolist())}
        if improved:
            harm, tried = None, frozenset()
        note = f"{name}, {evaluator.accepted} kept"
        report(Progress(step, settings.steps, evaluator.mse, evaluator.mse, note))
    return replace(state, standing=standing, step=step, tried=tried, over=over)


def _chosen(
    name: str,
    free: Indices,
    size: int,
    weights: tuple[float, ...] | None,
    harm: Weights | None,
    rng: np.random.Generator,
) -> Indices:
    """Draw (size,) positions, ascending, in one of the ways of `CHOICES`."""
    if name == "adjacent":
        first = int(rng.integers(len(free) - size + 1))
    elif name == "harmful" and harm is not None:
        centre = drawn(free, harm, 1, rng)[0]
        first = int(np.searchsorted(free, centre)) - int(rng.integers(size))
        first = min(max(first, 0), len(free) - size)
    else:
        even = np.ones(int(free[-1]) + 1)
        given = np.array(weights) if name == "weighted" and weights is not None else even
        return drawn(free, given, size, rng)
    return free[first : first + size]


def drawn(free: Indices, weights: Weights, size: int, rng: np.random.Generator) -> Indices:
    """Draw positions without replacement, by weight.

    Parameters
    ----------
    free
        (n,) positions to draw from.
    weights
        (L,) chance of each position; where too few are above 0, others fill up.
    size
        How many, at most n.
    rng
        Draws them.

    Returns
    -------
    (size,) array
        Ascending.

    Notes
    -----
    P. S. Efraimidis, P. G. Spirakis, Weighted random sampling with a reservoir, 2006.
    """
    chances = weights[free] / max(weights[free].max(), np.finfo(float).tiny)
    keys = rng.exponential(size=len(free)) / np.maximum(chances, 1e-12)
    return np.sort(free[np.argsort(keys, kind="stable")[:size]])


def harmful(evaluator: TrieEvaluator) -> Weights:
    """(L,) weights by leave-one-out: 1 for the block whose removal helps most, then 1/2, 1/3 …"""
    inp, out = evaluator.inp, evaluator.out
    problem = evaluator.problem
    few = Problem(problem.network, problem.x[:_ROWS], problem.pred[:_ROWS])
    with np.errstate(over="ignore", invalid="ignore"):
        without = [few.cost(np.delete(inp, t), np.delete(out, t)) for t in range(len(inp))]
    rank = np.empty(len(inp))
    rank[np.argsort(without, kind="stable")] = np.arange(1, len(inp) + 1)
    return 1 / rank
