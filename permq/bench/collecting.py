"""Judging runs whose jobs have ended."""

from collections.abc import Sequence
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from permq.bench.judging import judge, pairs_right, verdict
from permq.bench.table import Table, of_runs
from permq.core.arrangement import Arrangement
from permq.errors import AnswerError, MissingDataError, OptionError
from permq.pool import puzzles, runs
from permq.pool.connection import Connection, transaction
from permq.pool.content import unpack
from permq.pool.runs import EndedRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from permq.core.puzzle import Puzzle
    from permq.pairing.assignment import Costs


def collect(connection: Connection) -> int:
    """Judge what has ended since the last time, and keep it with the runs.

    Parameters
    ----------
    connection
        Outside a transaction.

    Returns
    -------
    int
        How many runs were judged; none by a role that may not know the answers.
    """
    with transaction(connection) as cursor:
        rows = runs.ended(cursor) if runs.may_judge(cursor) else []
    chance = _chances(connection)
    for row in rows:
        judged = judged_of(row, chance(row.puzzle_id, row.permutation))
        with transaction(connection) as cursor:
            runs.close_run(cursor, row.id, judged)
    return len(rows)


def of_suites(connection: Connection, suites: Sequence[str]) -> Table:
    """Ended runs of suites, judged where that may be; of the one that ran last by default.

    Raises
    ------
    OptionError
        When a suite was never run.
    MissingDataError
        When no run has ended.
    """
    collect(connection)
    with transaction(connection) as cursor:
        there = [row.suite for row in runs.benches(cursor)]
        if not there:
            raise MissingDataError("nothing was run yet: permq bench run quick")
        names = tuple(suites) or (there[0],)
        for name in names:
            if name not in there:
                raise OptionError(f"suite {name!r} was never run: permq bench run {name}")
        rows = runs.listing(cursor, suites=names)
    return of_runs(rows, "+".join(names))


def judged_of(row: EndedRow, confidence: float | None) -> dict[str, Any]:
    """What a run is worth, by the names of its columns. A pure function."""
    blocks = len(row.answer) // 2
    state = "done"
    if {"failed", "blocked"} & set(row.states):
        state = "failed"
    elif "cancelled" in row.states:
        state = "cancelled"
    found = None if row.permutation is None else judge(row.permutation, row.answer)
    solved, exact = bool(row.solved), bool(row.exact)
    told = verdict(found, blocks, solved=solved, exact=exact)
    pairs = found.pairs if found else None
    if found is None and row.pairs is not None:
        pairs = pairs_right(row.pairs, row.answer)
        told = "order" if pairs == blocks else "pairs"
    if state != "done" and not solved:
        told = state
    return {
        "state": state,
        "solved": solved,
        "verdict": told,
        "pairs_right": pairs,
        "positions_right": found.positions if found else None,
        "final_mse": row.cost if row.cost is not None and isfinite(row.cost) else None,
        "confidence": confidence,
        "error": row.error,
    }


def confidence_of(puzzle: "Puzzle", arrangement: Arrangement, shares: "Costs") -> float:
    """Chance that all pairs of an arrangement are right, were they independent.

    Parameters
    ----------
    puzzle
        In the roles that the arrangement gives to square layers.
    arrangement
        What was found.
    shares
        (L, L) probabilities of pairs, see `permq.pairing.ensemble`.
    """
    import numpy as np

    inp, out = puzzle.indices(arrangement)
    return float(np.exp(np.log(np.maximum(shares[inp, out], 1e-12)).sum()))


def _chances(connection: Connection) -> "Callable[[int, list[int] | None], float | None]":
    """Probabilities of pairs by puzzle and roles, each computed once."""
    from permq.pairing.ensemble import probabilities

    @cache
    def puzzle_of(puzzle_id: int) -> "Puzzle":
        with transaction(connection) as cursor:
            return unpack(puzzles.content(cursor, puzzle_id))

    shares: dict[tuple[int, frozenset[int]], Costs] = {}

    def chance(puzzle_id: int, permutation: list[int] | None) -> float | None:
        if permutation is None:
            return None
        arrangement = Arrangement.of(permutation)
        try:
            puzzle = puzzle_of(puzzle_id).for_answer(arrangement)
        except AnswerError:
            return None
        key = (puzzle_id, frozenset(arrangement.inputs))
        if key not in shares:
            shares[key] = probabilities(puzzle)
        return confidence_of(puzzle, arrangement, shares[key])

    return chance
