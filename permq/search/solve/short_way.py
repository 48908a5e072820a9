"""The short way: pairs and order of a network that makes both easy, in tens of milliseconds."""

from permq.core.network import Network
from permq.core.puzzle import Indices, Puzzle
from permq.ordering.greedy_by_state import greedy_by_state
from permq.ordering.paired import Paired
from permq.pairing.quick import quick_pairing
from permq.search.adjoint.straighten import straighten
from permq.search.problem import Problem
from permq.search.solve.session import Session

_WINDOW = 12  # blocks that the greedy seed measures at each step
_MORE = 8  # times as many rows where straightening is stuck


def short_way(session: Session, puzzle: Puzzle) -> Indices | None:
    """Pair by the quick scores, order greedily by state, straighten.

    Returns
    -------
    (L,) intp or None
        The pairing when its scores are sure, solved or not; `session.over` says which.
    """
    settings = session.settings
    with session.timed("pair"):
        quick = quick_pairing(puzzle)
    if not quick.sure:
        session.stage("pairs by quick scores: not sure", None)
        return None
    session.stage("pairs by quick scores: sure", None)
    with session.timed("order"):
        network = Network(puzzle)

        def sampled(count: int) -> Problem:
            rows = session.rows(count)
            return Problem(network, puzzle.x[rows], puzzle.pred[rows])

        problem = sampled(settings.quick_rows)
        few = slice(0, settings.seed_rows)
        seen = Paired(network, quick.pair, problem.x[few], problem.pred[few])
        order = greedy_by_state(seen, window=_WINDOW, squared=True)
        current = problem.evaluator(order, quick.pair[order])
        session.stage("order by greedy state", current.mse)
        straighten(problem, current, target=session.target, stop=session.stop)
        session.stage("straightening", current.mse)
        session.evaluations += current.evaluations
        if current.mse > session.target and not session.stop():
            # too few rows to tell the swaps apart
            problem = sampled(_MORE * settings.quick_rows)
            current = problem.evaluator(current.inp, current.out)
            straighten(problem, current, target=session.target, stop=session.stop)
            session.stage("straightening on more rows", current.mse)
            session.evaluations += current.evaluations
    session.consider(puzzle, current.inp, current.out, current.mse)
    return quick.pair
