"""The long way: the joint search, in one process or several."""

from contextlib import AbstractContextManager, nullcontext

from permq.core.puzzle import Indices, Puzzle
from permq.search.solve.joint import search_jointly
from permq.search.solve.portfolio import companions
from permq.search.solve.session import Session


def long_way(
    session: Session,
    puzzle: Puzzle,
    sure: Indices | None,
    threads: int,
    turns: int | None = None,
) -> None:
    """Search pairing and order together until the answer is found or the budget ends.

    Parameters
    ----------
    sure
        (L,) a pairing that the quick scores are sure of, or None.
    threads
        Processes that share the work; one searches here.
    turns
        Beginnings after which to return; None for no limit.
    """
    others: AbstractContextManager[object] = nullcontext()
    if threads > 1:
        others = companions(session, puzzle, session.seed, threads - 1)
    with others:
        search_jointly(session, puzzle, sure, turns)
