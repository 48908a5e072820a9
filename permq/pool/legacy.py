"""Solutions that scripts insert through the view `js_puzzle_pool`: verified into the pool."""

from collections.abc import Callable
from typing import NamedTuple

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Puzzle
from permq.errors import AnswerError
from permq.pool import jobs
from permq.pool.connection import Connection, Cursor, transaction
from permq.pool.queries import load
from permq.pool.solutions import Checked, Found, check, record

METHOD = "js_puzzle_pool"


class _Judged(NamedTuple):
    """A pending row and what became of it: the solution, or why it is refused."""

    id: int
    puzzle_id: int
    worker: str | None
    outcome: Checked | str


def verify_incoming(
    connection: Connection, load_puzzle: Callable[[int], Puzzle], limit: int = 50
) -> int:
    """Turn rows that scripts inserted into solutions, or refuse them with the reason.

    Several may do this at once; every row is dealt with once. What a script claims of a
    solution's cost and hash is not believed.

    Parameters
    ----------
    connection
        Outside a transaction.
    load_puzzle
        Gives the puzzle of a row of `puzzles`; asked once per puzzle.
    limit
        Rows to deal with at most.

    Returns
    -------
    int
        Rows that were dealt with.
    """
    with transaction(connection) as cursor:
        cursor.execute(load("legacy")["pending"], {"limit": int(limit)})
        rows = cursor.fetchall()
    if not rows:
        return 0
    puzzles = {number: load_puzzle(number) for number in {puzzle for _, puzzle, _, _ in rows}}
    judged = {
        number: _Judged(number, puzzle, worker, _judge(puzzles[puzzle], permutation))
        for number, puzzle, worker, permutation in rows
    }
    with transaction(connection) as cursor:
        cursor.execute(load("legacy")["take"], {"ids": list(judged)})
        taken = [judged[number] for (number,) in cursor.fetchall()]
        for one in taken:
            _settle(cursor, one)
    return len(taken)


def _judge(puzzle: Puzzle, permutation: list[int]) -> Checked | str:
    try:
        return check(puzzle, Found(Arrangement.of(permutation), METHOD))
    except AnswerError as error:
        return str(error)


def _settle(cursor: Cursor, one: _Judged) -> None:
    settle = load("legacy")["settle"]
    if isinstance(one.outcome, str):
        cursor.execute(settle, {"id": one.id, "state": "refused", "reason": one.outcome})
        return
    record(cursor, one.puzzle_id, [one.outcome], node=one.worker)
    if one.outcome.verification.solved:
        jobs.end_searches(cursor, one.puzzle_id, None, "the puzzle is solved, by a script")
    cursor.execute(settle, {"id": one.id, "state": "accepted", "reason": None})
