"""Solutions of the pool: judged anew by their writer, one row each, every find noted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from permq.core.arrangement import Arrangement
from permq.core.objective import Verification, verify
from permq.core.puzzle import Puzzle
from permq.errors import AnswerError, OptionError, PoolError
from permq.pool.connection import Cursor, scalar
from permq.pool.native import native
from permq.pool.queries import load

_HEXADECIMAL = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Found:
    """An arrangement worth keeping.

    Parameters
    ----------
    arrangement
        Pieces in running order.
    method
        What found it.
    """

    arrangement: Arrangement
    method: str


@dataclass(frozen=True)
class Checked(Found):
    """An arrangement and what the full evaluation says of it; made by `check`.

    Parameters
    ----------
    verification
        Cost over all rows, hash, and whether that makes it the answer.
    """

    verification: Verification


@dataclass(frozen=True)
class SolutionRow:
    """A solution as the pool knows it.

    Parameters
    ----------
    id, puzzle_id
        Its number, and its puzzle's.
    hash
        SHA-256 of the answer text.
    permutation
        Pieces in running order: inp, out, inp, out, …, last.
    cost
        Mean squared error against `pred` over all rows.
    exact, match, solved
        See `permq.core.objective.Verification`; `match` is None where no hash is known.
    method, node, job_id
        What found it first, and where.
    parent_id
        The solution that its search began with.
    found_at
        When it was found first.
    """

    id: int
    puzzle_id: int
    hash: str
    permutation: tuple[int, ...]
    cost: float
    exact: bool
    match: bool | None
    solved: bool
    method: str
    node: str | None
    job_id: int | None
    parent_id: int | None
    found_at: datetime

    @property
    def arrangement(self) -> Arrangement:
        """The solution as an arrangement."""
        return Arrangement.of(self.permutation)


class Find(NamedTuple):
    """One time that a solution was found.

    Parameters
    ----------
    solution_id
        Which.
    node, method, job_id, slice
        Where, how and by what work; None where that is not known.
    found_at
        When.
    """

    solution_id: int
    node: str | None
    method: str
    job_id: int | None
    slice: int | None
    found_at: datetime


def check(puzzle: Puzzle, found: Found) -> Checked:
    """Compute anew what is to be stored; takes milliseconds, so do it outside a transaction.

    Parameters
    ----------
    puzzle
        Whose solution it is.
    found
        What a search, a script or a file claims.

    Raises
    ------
    AnswerError
        When it is no arrangement of this puzzle, or its cost is no finite number.
    """
    verification = verify(puzzle, found.arrangement)
    _refuse_infinite(verification.mse)
    return Checked(found.arrangement, found.method, verification)


def record(
    cursor: Cursor,
    puzzle_id: int,
    checked: Sequence[Checked],
    *,
    node: str | None = None,
    job_id: int | None = None,
    slice: int | None = None,  # noqa: A002 - a slice of work is the field's word
    parent_id: int | None = None,
) -> list[int]:
    """Store solutions, and that they were found; those known already are found once more.

    Parameters
    ----------
    puzzle_id
        The puzzle they were checked with.
    checked
        What `check` returned. All are written or none: it is the caller's transaction.
    node, job_id, slice
        Where and by what work. The same job, slice and solution is noted once.
    parent_id
        The solution that the search began with.

    Returns
    -------
    list of int
        Rows of `solutions`, one by one as `checked`.

    Raises
    ------
    AnswerError
        When a cost is no finite number.
    PoolError
        When there is no such puzzle.
    """
    if not checked:
        return []
    for one in checked:
        _refuse_infinite(one.verification.mse)
    hashes = [str(one.arrangement.sha256) for one in checked]
    methods = [str(one.method) for one in checked]
    work = native(
        {"puzzle": puzzle_id, "node": node, "job": job_id, "slice": slice, "parent": parent_id}
    )
    sql = load("solutions")
    cursor.execute(
        sql["insert"],
        {
            **work,
            "hash": hashes,
            "permutation": [f"{{{one.arrangement.text}}}" for one in checked],
            "cost": [float(one.verification.mse) for one in checked],
            "exact": [bool(one.verification.exact) for one in checked],
            "method": methods,
        },
    )
    cursor.execute(sql["known"], {**work, "hash": hashes})
    rows = {text: (int(number), solved) for text, number, solved in cursor.fetchall()}
    if len(rows) < len(set(hashes)):
        raise PoolError(f"there is no puzzle {puzzle_id} in the pool: nothing was stored")
    ids = [rows[text][0] for text in hashes]
    cursor.execute(sql["discover"], {**work, "solution": ids, "method": methods})
    if any(solved for _, solved in rows.values()):
        cursor.execute(sql["mark_solved"], work)
    return ids


def best(cursor: Cursor, puzzle_id: int) -> SolutionRow | None:
    """The answer where it is found, else the solution of the least cost; None in an empty pool."""
    rows = top(cursor, puzzle_id, 1)
    return rows[0] if rows else None


def top(cursor: Cursor, puzzle_id: int, count: int) -> list[SolutionRow]:
    """The best solutions, in order; what is solved comes first."""
    cursor.execute(load("solutions")["top"], native({"puzzle": puzzle_id, "count": count}))
    return _rows(cursor)


def by_id(cursor: Cursor, solution_id: int) -> SolutionRow | None:
    """One solution; None where there is none of that number."""
    cursor.execute(load("solutions")["by_id"], {"id": int(solution_id)})
    rows = _rows(cursor)
    return rows[0] if rows else None


def find_solution(cursor: Cursor, puzzle_id: int, text: str) -> SolutionRow:
    """One solution of a puzzle by its number or the beginning of its hash.

    Raises
    ------
    OptionError
        When there is none, or several that it may mean.
    """
    row = by_id(cursor, int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if row is not None and row.puzzle_id == puzzle_id:
        return row
    rows = []
    if text and set(text.lower()) <= _HEXADECIMAL:
        given = native({"puzzle": puzzle_id, "beginning": text.lower()})
        cursor.execute(load("solutions")["by_hash"], given)
        rows = _rows(cursor)
    if len(rows) > 1:
        raise OptionError(f"several solutions have a hash that begins with {text!r}")
    if not rows:
        raise OptionError(f"there is no solution {text!r} of this puzzle: give a number or a hash")
    return rows[0]


def lineage(cursor: Cursor, solution_id: int) -> list[SolutionRow]:
    """A solution, the one that its search began with, and so on back to the first."""
    cursor.execute(load("solutions")["lineage"], {"id": int(solution_id)})
    return _rows(cursor)


def finds(cursor: Cursor, solution_ids: Sequence[int]) -> list[Find]:
    """Every time that these solutions were found, in order of time."""
    cursor.execute(load("solutions")["finds"], {"solutions": native(list(solution_ids))})
    return [Find(*row) for row in cursor.fetchall()]


def known_hashes(cursor: Cursor, puzzle_id: int, hashes: Sequence[str]) -> set[str]:
    """Those of the hashes that the pool has solutions of."""
    cursor.execute(load("solutions")["known"], native({"puzzle": puzzle_id, "hash": list(hashes)}))
    return {text for text, _, _ in cursor.fetchall()}


def count(cursor: Cursor, puzzle_id: int) -> int:
    """Number of solutions of a puzzle."""
    cursor.execute(load("solutions")["count"], {"puzzle": int(puzzle_id)})
    return int(scalar(cursor))


def _refuse_infinite(cost: float) -> None:
    if not math.isfinite(cost):
        raise AnswerError(
            f"the cost of this arrangement over all rows is {cost}, no finite number: not stored"
        )


def _rows(cursor: Cursor) -> list[SolutionRow]:
    return [
        SolutionRow(number, puzzle, text, tuple(permutation), *rest)
        for number, puzzle, text, permutation, *rest in cursor.fetchall()
    ]
