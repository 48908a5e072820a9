"""The long way: pairs and order searched together from many beginnings until the budget ends.

Every beginning (`permq.search.solve.beginnings`) is descended by the adjoint with its pairs held
and kicked for as long as that helps, then the same with re-pairing. Between beginnings the best
arrangement so far is kicked further.
"""

from itertools import islice
from time import perf_counter

import numpy as np

from permq.core.delta import Evaluator
from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.pairing.ensemble import probabilities
from permq.search.adjoint.refine import RefineSettings, descend
from permq.search.adjoint.straighten import straighten
from permq.search.iterated import IterateSettings, iterate
from permq.search.problem import Problem
from permq.search.solve.beginnings import Beginning, Beginnings
from permq.search.solve.session import Session

_ORDER = RefineSettings()
_REPAIR = RefineSettings(repair=True)
_FROM_BEST = IterateSettings(patience=6, repairing=0.15, descent=_REPAIR)
_CLOSE = 0.1
"""Share of the answers' variance below which a descent has most likely found the right region."""


def pairing_logits(session: Session, puzzle: Puzzle, sure: Indices | None) -> Array:
    """(L, L) log-probabilities of the pairs."""
    begun = perf_counter()
    if sure is not None:
        likely = np.full((puzzle.blocks, puzzle.blocks), 1e-4)
        likely[np.arange(puzzle.blocks), sure] = 1.0
    else:
        likely = probabilities(puzzle)
    session.seconds["pair"] += perf_counter() - begun
    return np.asarray(np.log(np.maximum(likely, 1e-12)))


def attempt(session: Session, puzzle: Puzzle, problem: Problem, beginning: Beginning) -> None:
    """Descend from one beginning and kick for as long as it helps, order first, then pairs."""
    begun = perf_counter()
    current, rng = problem.evaluator(beginning.inp, beginning.out), session.rng
    straighten(problem, current, target=session.target, stop=session.stop)
    for settings, name in ((_ORDER, "order"), (_REPAIR, "pairs and order")):
        if session.stop():
            break
        descend(problem, current, settings, rng, target=session.target, stop=session.stop)
        session.consider(puzzle, current.inp, current.out, current.mse)
        session.stage(f"{beginning.name}: {name}", current.mse)
        close = current.mse < _CLOSE * float(np.var(problem.pred))
        patience = beginning.patience if close else beginning.doubtful
        repairing = 0.3 if settings.repair else 0.0
        kicks = IterateSettings(patience=patience, repairing=repairing, descent=settings)
        kick(session, puzzle, problem, current, kicks)
    session.evaluations += current.evaluations
    session.seconds["order"] += perf_counter() - begun


def kick(
    session: Session,
    puzzle: Puzzle,
    problem: Problem,
    current: Evaluator,
    settings: IterateSettings,
) -> None:
    """Iterate from the evaluator's current arrangement, in place."""
    if settings.patience and not session.stop():
        iterate(
            problem,
            current,
            settings,
            session.rng,
            target=session.target,
            stop=session.stop,
            found=lambda a, b, mse: session.consider(puzzle, a, b, mse),
        )
        session.stage("kicks", current.mse)


def kick_best(session: Session, puzzle: Puzzle, problem: Problem) -> None:
    """Kick the best arrangement so far further."""
    best = session.best_for(puzzle)
    if best and not session.stop():
        current = problem.evaluator(*puzzle.indices(best.arrangement))
        kick(session, puzzle, problem, current, _FROM_BEST)
        session.evaluations += current.evaluations


def search_jointly(
    session: Session, puzzle: Puzzle, sure: Indices | None, turns: int | None = None
) -> None:
    """Search until the answer is found, the budget ends, or `turns` beginnings have been tried."""
    problem = session.problem(puzzle, session.rows(session.settings.rows))
    logits = pairing_logits(session, puzzle, sure)
    session.stage("pairs by ensemble", None)
    most = session.settings.attempts
    # a beginning costs seconds: none is made that is not tried
    for beginning in islice(Beginnings(session, puzzle, problem, logits), turns):
        if session.stop() or (most is not None and session.attempts >= most):
            break
        session.attempts += 1
        session.keep()  # so that after a kill the next run draws other random numbers
        attempt(session, puzzle, problem, beginning)
        if turns is None and session.attempts % 3 == 0:
            kick_best(session, puzzle, problem)
