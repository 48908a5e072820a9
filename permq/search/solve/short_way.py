"""The short way: pairs and order of a network that makes both easy, in tens of milliseconds."""

from time import perf_counter

from permq.core.network import Network
from permq.core.puzzle import Indices, Puzzle
from permq.ordering.greedy_by_state import greedy_by_state
from permq.ordering.paired import Paired
from permq.pairing.quick import quick_pairing
from permq.search.adjoint.straighten import straighten
from permq.search.problem import Problem
from permq.search.solve.session import Session

_WINDOW = 12  # blocks that the greedy seed measures at each step


def short_way(session: Session, puzzle: Puzzle) -> Indices | None:
    """Pair by the quick scores, order greedily by state, straighten.

    Returns
    -------
    (L,) intp or None
        The pairing when its scores are sure, solved or not; `session.over` says which.
    """
    settings, begun = session.settings, perf_counter()
    quick = quick_pairing(puzzle)
    session.seconds["pair"] += perf_counter() - begun
    if not quick.sure:
        session.stage("pairs by quick scores: not sure", None)
        return None
    session.stage("pairs by quick scores: sure", None)
    begun, network = perf_counter(), Network(puzzle)
    rows = session.rows(settings.quick_rows)
    problem = Problem(network, puzzle.x[rows], puzzle.pred[rows])
    few = slice(0, settings.seed_rows)
    order = greedy_by_state(
        Paired(network, quick.pair, problem.x[few], problem.pred[few]),
        window=_WINDOW,
        squared=True,
    )
    current = problem.evaluator(order, quick.pair[order])
    session.stage("order by greedy state", current.mse)
    straighten(problem, current, target=session.target, stop=session.stop)
    session.evaluations += current.evaluations
    session.seconds["order"] += perf_counter() - begun
    session.stage("straightening", current.mse)
    session.consider(puzzle, current.inp, current.out, current.mse)
    return quick.pair
