"""Descent over a whole neighbourhood of exchanges: the body of swap cascade and rotations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np

from permq.core.puzzle import Indices
from permq.search.exchange import Exchanges
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.standing import Standing
from permq.search.stop import never
from permq.search.trie_evaluator import TrieEvaluator, unit_size

_SINGLES = 128  # exchanges evaluated one by one in a unit of work


@dataclass(frozen=True, eq=False)
class DescentState:
    """Everything the next unit of work depends on.

    A round first looks at all exchanges, then makes those that improve.

    Parameters
    ----------
    standing
        The current arrangement.
    number
        Of the round, from 1.
    looked
        Exchanges looked at in this round.
    costs
        Of those that improve the arrangement that the round began with, by their number.
    placed
        How many of these, the best first, were tried to make.
    touched
        Positions at which the round made an exchange.
    over
        Whether no exchange is left that improves.
    """

    standing: Standing
    number: int = 1
    looked: int = 0
    costs: Mapping[int, float] = field(default_factory=dict)
    placed: int = 0
    touched: frozenset[int] = frozenset()
    over: bool = False


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
    state = DescentState(Standing.of(problem, inp, out, seed), over=rounds < 1)
    state = advance(problem, state, exchanges, rounds, report=report, stop=stop)
    return best_of(state, exchanges).result(problem)


def best_of(state: DescentState, exchanges: Exchanges) -> Standing:
    """Where a descent stands, with the best exchange made that its round has found so far."""
    standing = state.standing
    if state.over or state.touched or not state.costs:
        return standing
    best = min(state.costs, key=lambda number: (state.costs[number], number))
    (inp,), (out,) = exchanges.made(standing.inp, standing.out, np.array([best]))
    return standing.moved(inp, out, state.costs[best])


def advance(
    problem: Problem,
    state: DescentState,
    exchanges: Exchanges,
    rounds: int,
    units: float = inf,
    *,
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> DescentState:
    """Do so many units more of a descent; one that the stop cuts short is left to the next time.

    A unit evaluates some thousand exchanges together or a hundred one by one. See `descend` for
    the other parameters.
    """
    evaluator = TrieEvaluator.at(problem, state.standing, stop)
    done = 0
    while done < units and not state.over and not stop():
        if not state.looked and evaluator.finished:
            return replace(state, over=True)
        if state.looked < len(exchanges):
            following = _look(evaluator, exchanges, state)
        else:
            following = _make(evaluator, exchanges, state)
        if stop():
            break
        state, done = following, done + 1
        _tell(state, len(exchanges), report)
        if _exhausted(state, exchanges) or evaluator.finished:
            state = DescentState(
                state.standing,
                state.number + 1,
                over=not state.touched or state.number >= rounds or evaluator.finished,
            )
    return state


def _exhausted(state: DescentState, exchanges: Exchanges) -> bool:
    """Whether a round has looked at everything and tried to make all that improves."""
    return state.looked >= len(exchanges) and state.placed >= len(state.costs)


def _tell(state: DescentState, exchanges: int, report: Report) -> None:
    mse = state.standing.mse
    note = f"round {state.number}"
    if state.touched or state.placed:
        note += f", {state.standing.accepted} made"
    best = min(mse, *state.costs.values()) if state.costs and not state.touched else mse
    report(Progress(state.looked, exchanges, mse, best, note, state.standing.evaluations))


def _look(evaluator: TrieEvaluator, exchanges: Exchanges, state: DescentState) -> DescentState:
    """Evaluate the next exchanges of a round; those that improve are kept in mind."""
    part = slice(state.looked, state.looked + unit_size(evaluator.problem))
    arrangements = exchanges.made(evaluator.inp, evaluator.out, part)
    costs = evaluator.costs(*arrangements, evaluator.bar)
    found = {state.looked + int(n): float(costs[n]) for n in np.flatnonzero(np.isfinite(costs))}
    return replace(
        state,
        standing=evaluator.standing(),
        looked=state.looked + len(costs),
        costs={**state.costs, **found},
    )


def _make(evaluator: TrieEvaluator, exchanges: Exchanges, state: DescentState) -> DescentState:
    """Make the next of the improving exchanges, the best first, without overlap."""
    touched, placed, tried = set(state.touched), state.placed, 0
    ranked = sorted(state.costs, key=lambda number: (state.costs[number], number))
    for chosen in ranked[placed:]:
        if tried == _SINGLES or (touched and evaluator.finished):
            break
        placed += 1
        positions = exchanges.targets[chosen].tolist()
        if not touched.isdisjoint(positions):
            continue
        (inp,), (out,) = exchanges.made(evaluator.inp, evaluator.out, np.array([chosen]))
        # the first is made on the arrangement that its cost was found on
        cost = state.costs[chosen]
        if touched:
            cost, tried = evaluator.cost(inp, out, evaluator.bar), tried + 1
        if np.isfinite(cost):
            evaluator.accept(inp, out, cost)
            touched.update(positions)
    return replace(state, standing=evaluator.standing(), placed=placed, touched=frozenset(touched))
