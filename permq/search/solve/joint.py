"""The long way: pairs and order searched together from many beginnings until the budget ends.

Every beginning (`permq.search.solve.beginnings`) is descended by the adjoint with its pairs held
and kicked for as long as that helps, then the same with re-pairing. Between beginnings the best
arrangement so far is kicked further.
"""

from time import perf_counter

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.pairing.ensemble import probabilities
from permq.search.adjoint.refine import RefineSettings, descend
from permq.search.iterated import IterateSettings, iterate
from permq.search.problem import Problem
from permq.search.solve.beginnings import Beginning, beginnings
from permq.search.solve.session import Session

_ORDER = RefineSettings()
_REPAIR = RefineSettings(repair=True)


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
    inp, out = beginning.inp, beginning.out
    for settings in (
        IterateSettings(patience=beginning.patience, descent=_ORDER),
        IterateSettings(patience=beginning.patience // 2, repairing=0.3, descent=_REPAIR),
    ):
        if not session.stop():
            what = "pairs and order" if settings.repairing else "order"
            name = f"{beginning.name}: {what}"
            inp, out = kick(session, puzzle, problem, inp, out, settings, name)
    session.seconds["order"] += perf_counter() - begun


def kick(
    session: Session,
    puzzle: Puzzle,
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: IterateSettings,
    name: str,
) -> tuple[Indices, Indices]:
    """Descend from an arrangement and iterate; returns the best."""
    current, rng, target = problem.evaluator(inp, out), session.rng, session.target
    descend(problem, current, settings.descent, rng, target=target, stop=session.stop)
    reached = current.mse
    if not session.consider(puzzle, current.inp, current.out, reached):
        iterate(
            problem,
            current,
            settings,
            rng,
            target=target,
            stop=session.stop,
            found=lambda a, b, mse: session.consider(puzzle, a, b, mse),
        )
    session.stage(f"{name}, {reached:.3g} before kicks", current.mse)
    session.evaluations += current.evaluations
    return current.inp, current.out


def search_jointly(session: Session, puzzle: Puzzle, sure: Indices | None) -> None:
    """Search until the answer is found or the budget ends."""
    problem = session.problem(puzzle, session.rows(session.settings.rows))
    logits = pairing_logits(session, puzzle, sure)
    session.stage("pairs by ensemble", None)
    most = session.settings.attempts
    for beginning in beginnings(session, puzzle, problem, logits):
        if session.stop() or (most is not None and session.attempts >= most):
            break
        session.attempts += 1
        attempt(session, puzzle, problem, beginning)
        best = session.best
        if best is not None and not session.stop() and session.attempts % 3 == 0:
            kicks = IterateSettings(patience=12, repairing=0.15, descent=_REPAIR)
            start = puzzle.indices(best.arrangement)
            kick(session, puzzle, problem, *start, kicks, "kicks from the best")
