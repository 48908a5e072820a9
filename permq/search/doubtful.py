"""Doubtful exchanges: the ones that scores or data tell apart from the present pairs least."""

from collections.abc import Callable, Set

import numpy as np

from permq.core.puzzle import Indices
from permq.pairing.assignment import Costs
from permq.search.exchange import Layers, swaps
from permq.search.problem import Problem
from permq.search.stop import never
from permq.search.trie_evaluator import TrieEvaluator
from permq.search.windows import free_positions

Pairs = tuple[tuple[int, int], ...]

_SLICE = 2048
_ROWS = 64  # every exchange is evaluated in full; a few rows rank them


def doubtful_by_score(
    cost: Costs, inp: Indices, out: Indices, count: int, *, locked: Set[int] = frozenset()
) -> Pairs:
    """Exchanges of output layers that a pairing score would mind least.

    Parameters
    ----------
    cost
        (L, L) pairing cost, lower is better; row = input layer, column = output layer.
    inp, out
        (L,) local indices in running order.
    count
        How many, at most; no position stands in two.
    locked
        Positions that stand in none.

    Returns
    -------
    tuple of pairs of positions
    """
    taken = cost[inp[:, None], out[None, :]]  # by position
    own = np.diag(taken)
    rise = taken + taken.T - own[:, None] - own[None, :]
    pairs = swaps(free_positions(len(inp), locked)).targets
    return _disjoint(pairs, rise[pairs[:, 0], pairs[:, 1]], count)


def doubtful_by_cost(
    problem: Problem,
    inp: Indices,
    out: Indices,
    count: int,
    *,
    layers: Layers = "output",
    locked: Set[int] = frozenset(),
    stop: Callable[[], bool] = never,
) -> Pairs:
    """Exchanges of least mean squared error (on the first 64 rows); see `doubtful_by_score`.

    Once `stop` is true, those whose cost is not known by then come last.
    """
    exchanges = swaps(free_positions(len(inp), locked), layers=layers)
    few = Problem(problem.network, problem.x[:_ROWS], problem.pred[:_ROWS])
    evaluator = TrieEvaluator(few, inp, out, stop=stop)
    costs = np.full(len(exchanges), np.inf)
    for first in range(0, len(exchanges), _SLICE):
        if stop():
            break
        part = slice(first, first + _SLICE)
        costs[part] = evaluator.costs(*exchanges.made(inp, out, part))
    return _disjoint(exchanges.targets, costs, count)


def _disjoint(pairs: Indices, costs: Costs, count: int) -> Pairs:
    """Take the cheapest of (M, 2) pairs that share no position."""
    chosen: list[tuple[int, int]] = []
    used: set[int] = set()
    for i, j in pairs[np.argsort(costs, kind="stable")].tolist():
        if len(chosen) < count and used.isdisjoint((i, j)):
            chosen.append((i, j))
            used |= {i, j}
    return tuple(sorted(chosen))
