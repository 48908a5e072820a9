"""The short way: pairs and order of a network that makes both easy, in tens of milliseconds."""

import numpy as np

from permq.core.delta import Evaluator
from permq.core.network import Network
from permq.core.puzzle import Indices, Puzzle
from permq.ordering.greedy_by_state import greedy_by_state
from permq.ordering.paired import Paired
from permq.pairing.quick import quick_pairing
from permq.search.adjoint.straighten import straighten
from permq.search.problem import Problem
from permq.search.solve.session import Session

_WINDOW = 12  # blocks that the greedy seed measures at each step
_MORE = 4  # times as many rows where straightening is stuck
_AGAIN = 12  # other seeds at the most
_NEAR = 0.01  # cost, in units of the spread of `pred` squared, from which other seeds may do


def short_way(session: Session, puzzle: Puzzle) -> Indices | None:
    """Pair by the quick scores, order greedily by state, straighten.

    Returns
    -------
    (L,) intp or None
        The pairing when its scores are sure, solved or not; `session.over` says which.
    """
    with session.timed("pair"):
        quick = quick_pairing(puzzle)
    if not quick.sure:
        session.stage("pairs by quick scores: not sure", None)
        return None
    session.stage("pairs by quick scores: sure", None)
    with session.timed("order"):
        current = _ordered(session, puzzle, quick.pair)
    session.consider(puzzle, current.inp, current.out, current.mse)
    return quick.pair


def _ordered(session: Session, puzzle: Puzzle, pair: Indices) -> Evaluator:
    """Order the blocks: greedily, straightened, and where that is stuck with more rows or again."""
    network, settings = Network(puzzle), session.settings

    def sampled(count: int) -> Problem:
        rows = session.rows(count)
        return Problem(network, puzzle.x[rows], puzzle.pred[rows])

    def seeded(problem: Problem, rows: Indices | slice) -> Evaluator:
        seen = Paired(network, pair, problem.x[rows], problem.pred[rows])
        order = greedy_by_state(seen, window=_WINDOW, squared=True)
        return problem.evaluator(order, pair[order])

    def straightened(problem: Problem, current: Evaluator, name: str) -> bool:
        straighten(problem, current, target=session.target, stop=session.stop)
        session.stage(name, current.mse)
        session.evaluations += current.evaluations
        return current.mse <= session.target or session.stop()

    problem = sampled(settings.quick_rows)
    current = seeded(problem, slice(0, settings.seed_rows))
    session.stage("order by greedy state", current.mse)
    if straightened(problem, current, "straightening"):
        return current
    if len(problem.x) < puzzle.rows:
        # too few rows to tell the swaps apart
        problem = sampled(_MORE * settings.quick_rows)
        current = problem.evaluator(current.inp, current.out)
        if straightened(problem, current, "straightening on more rows"):
            return current
    few = min(settings.seed_rows, max(1, 2 * len(problem.x) // 3))
    for _ in range(_AGAIN):
        if current.mse > _NEAR * session.spread**2:
            break
        # the seed of other rows errs at other places; six of ten get where the first did not
        other = seeded(problem, session.rng.choice(len(problem.x), few, replace=False))
        done = straightened(problem, other, "straightening from the seed of other rows")
        alike = np.array_equal(other.inp, current.inp)
        if other.mse < current.mse:
            current = other
        if done or alike:
            break
    return current
