"""Descent over a whole neighbourhood of exchanges: the body of swap cascade and rotations."""

from collections.abc import Callable

import numpy as np

from permq.core.puzzle import Indices
from permq.search.exchange import Exchanges
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.stop import never
from permq.search.trie import Costs
from permq.search.trie_evaluator import TrieEvaluator

_SLICE = 2048  # exchanges evaluated between two reports


def descend(
    problem: Problem,
    inp: Indices,
    out: Indices,
    exchanges: Exchanges,
    rounds: int,
    seed: int = 0,
    *,
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Evaluate all exchanges, make the improving ones that do not overlap, and begin again.

    In every round all exchanges are evaluated on the arrangement it began with. Those that
    improve it are then tried in the order of their cost: one that shares no position with those
    already made is evaluated again on the arrangement as it is by then, and kept if it improves.
    It ends with a round that finds nothing, so with no exchange left that improves.

    Parameters
    ----------
    inp, out
        (L,) local indices in running order.
    exchanges
        The neighbourhood.
    rounds
        At most so many.
    seed
        See `TrieEvaluator`.
    report
        Called with the exchanges evaluated in this round, of all.
    stop
        Asked often. The best exchange found by then is made all the same.
    """
    evaluator = TrieEvaluator(problem, inp, out, seed, stop)
    for number in range(1, rounds + 1):
        if evaluator.finished or stop():
            break
        costs = _evaluate(evaluator, exchanges, f"round {number}", report, stop)
        made = _keep(evaluator, exchanges, costs, stop)
        mse = evaluator.mse
        report(Progress(len(exchanges), len(exchanges), mse, mse, f"round {number}, {made} made"))
        if not made:
            break
    return evaluator.result()


def _evaluate(
    evaluator: TrieEvaluator,
    exchanges: Exchanges,
    note: str,
    report: Report,
    stop: Callable[[], bool],
) -> Costs:
    """(M,) costs, inf where an exchange does not improve (or was not reached before the stop)."""
    costs = np.full(len(exchanges), np.inf)
    mse = evaluator.mse
    for first in range(0, len(exchanges), _SLICE):
        if stop():
            break
        part = slice(first, first + _SLICE)
        arrangements = exchanges.made(evaluator.inp, evaluator.out, part)
        costs[part] = evaluator.costs(*arrangements, evaluator.bar)
        report(Progress(first, len(exchanges), mse, min(mse, float(costs.min())), note))
    return costs


def _keep(
    evaluator: TrieEvaluator, exchanges: Exchanges, costs: Costs, stop: Callable[[], bool]
) -> int:
    """Make improving exchanges, the best first, without overlap; returns their number."""
    made, touched = 0, np.zeros(len(evaluator.inp), bool)
    ranked = np.argsort(costs, kind="stable")
    for chosen in ranked[: np.isfinite(costs).sum()]:
        positions = exchanges.targets[chosen]
        if touched[positions].any():
            continue
        if made and (stop() or evaluator.finished):
            break
        (inp,), (out,) = exchanges.made(evaluator.inp, evaluator.out, np.array([chosen]))
        # the first is made on the arrangement that its cost was found on
        cost = evaluator.cost(inp, out, evaluator.bar) if made else float(costs[chosen])
        if np.isfinite(cost):
            evaluator.accept(inp, out, cost)
            touched[positions] = True
            made += 1
    return made
