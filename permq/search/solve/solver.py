"""`solve`: the short way where the scores are sure, the long way where they are not."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress

from permq.core.objective import verify
from permq.core.puzzle import Puzzle
from permq.search.solve.certainty import placements
from permq.search.solve.session import Elite, Session, nobody
from permq.search.solve.settings import SolveSettings
from permq.search.solve.short_way import short_way
from permq.search.solve.solution import Solution, Stage
from permq.search.stop import Overdue, Stop, never


def solve(
    puzzle: Puzzle,
    settings: SolveSettings | None = None,
    seed: int = 0,
    *,
    threads: int = 1,
    stop: Stop = never,
    tell: Callable[[Stage], None] = nobody,
    known: Sequence[Elite] = (),
    attempts: int = 0,
    keep: Callable[[Session], None] | None = None,
    during: AbstractContextManager[object] | None = None,
) -> Solution:
    """Find the arrangement of a puzzle's pieces.

    Parameters
    ----------
    puzzle
        What to solve.
    settings, seed
        How, and the seed of everything random.
    threads
        Processes of one thread each that share the long way.
    stop
        Asked often; the search ends with the best found once it is true.
    tell
        Told of every stage as it ends.
    known, attempts
        Elites and number of attempts of an earlier run to go on from, see
        `permq.search.solve.checkpoint`.
    keep
        Called with the session before every attempt and whenever a better elite was found.
    during
        Entered for the time of the search, without the last verification; a signal handler set up
        there may leave the search with the best found by raising `permq.search.stop.Overdue`.

    Returns
    -------
    Solution
        `verification.solved` says whether it is the answer.
    """
    session = Session(puzzle, settings or SolveSettings(), seed, stop, tell, keep)
    with suppress(Overdue), during or nullcontext():
        session.go_on(known, attempts)
        _search(session, puzzle, threads)
    return _solution(session, puzzle)


def _search(session: Session, puzzle: Puzzle, threads: int) -> None:
    if puzzle.square:
        from permq.search.solve.square import try_roles

        try_roles(session, puzzle, threads)
    elif not session.over:
        sure = short_way(session, puzzle)
        if not session.over:
            # the long way needs modules that the short way has no time to import
            from permq.search.solve.long_way import long_way

            long_way(session, puzzle, sure, threads)


def _solution(session: Session, puzzle: Puzzle) -> Solution:
    if not session.elites:  # stopped before the first: an arrangement is owed all the same
        anyhow = puzzle.arrangement(range(puzzle.blocks), range(puzzle.blocks))
        session.elites.append(Elite(float("inf"), anyhow))
    best, found = session.elites[0].arrangement, session.verification
    with session.timed("verify"):
        found = found or verify(puzzle, best)
    session.stage("verification over all rows", found.mse)
    return Solution(
        arrangement=best,
        verification=found,
        stages=tuple(session.stages),
        placements=placements(session.elites, session.over),
        seconds=session.seconds,
        evaluations=session.evaluations,
    )
