"""Taking a snapshot: what is read of the pool, and what is written to it."""

from dataclasses import dataclass

import numpy as np

from permq.core.network import Network
from permq.core.puzzle import Puzzle
from permq.errors import MissingDataError
from permq.history.probe import Probe, probe_of
from permq.history.snapshot import COMPARED, Snapshot, snapshot
from permq.pool import history, settings, solutions
from permq.pool.connection import Connection, transaction
from permq.pool.elites import elites
from permq.pool.solutions import SolutionRow


@dataclass(frozen=True, eq=False)
class Taken:
    """A snapshot that was made.

    Parameters
    ----------
    id
        Its number.
    best
        The pool's best of that moment.
    solutions, median_cost
        Of the pool.
    snapshot
        Its numbers.
    """

    id: int
    best: SolutionRow
    solutions: int
    median_cost: float
    snapshot: Snapshot


def take(
    connection: Connection,
    puzzle_id: int,
    puzzle: Puzzle,
    *,
    event: str = "request",
    job_id: int | None = None,
) -> Taken:
    """Make a snapshot of a puzzle's pool; a job makes one, however often it is done.

    Parameters
    ----------
    connection
        Outside a transaction.
    puzzle_id, puzzle
        Whose pool.
    event
        Why, one of `permq.pool.history.EVENTS`.
    job_id
        The job that makes it.

    Raises
    ------
    MissingDataError
        When the pool has no solution.
    """
    with transaction(connection) as cursor:
        best = solutions.top(cursor, puzzle_id, COMPARED)
        facts = history.facts(cursor, puzzle_id)
        shares = settings.read_shares(cursor)
        chosen = elites(cursor, puzzle_id, count=shares.count, distance=shares.distance)
    if not best:
        raise MissingDataError("the pool has no solution of this puzzle yet: nothing to snapshot")
    first = best[0]
    puzzle = puzzle.for_answer(first.arrangement)
    taken, placement = snapshot(
        [row.permutation for row in best],
        [row.cost for row in best],
        [elite.permutation for elite in chosen],
        methods=facts.methods,
        nodes=facts.nodes,
        acceptance=facts.acceptance,
        speed=facts.speed,
        probe=probe_errors(puzzle, first, probe(connection, puzzle_id, puzzle)),
        before=facts.before,
    )
    with transaction(connection) as cursor:
        number = history.append(
            cursor,
            puzzle_id,
            job_id=job_id,
            event=event,
            solutions=facts.solutions,
            best_id=first.id,
            best_cost=first.cost,
            median_cost=facts.median_cost,
            numbers=taken.numbers(),
            placement=placement,
        )
    return Taken(number, first, facts.solutions, facts.median_cost, taken)


def probe(connection: Connection, puzzle_id: int, puzzle: Puzzle) -> Probe:
    """The puzzle's probe set; chosen and stored when it is asked for first."""
    with transaction(connection) as cursor:
        found = history.probe(cursor, puzzle_id)
    if found is None:
        chosen = probe_of(puzzle)
        with transaction(connection) as cursor:
            history.keep_probe(cursor, puzzle_id, chosen.rows.tolist(), chosen.names)
            # somebody may have been faster: what is stored is what counts
            found = history.probe(cursor, puzzle_id) or (chosen.rows.tolist(), chosen.names)
    return Probe.named(*found)


def probe_errors(puzzle: Puzzle, row: SolutionRow, rows: Probe) -> dict[str, float]:
    """Mean squared error of a solution on the probe rows, by stratum; what overflows is left out.

    Parameters
    ----------
    puzzle
        In the roles of the solution.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        answers = Network(puzzle, np.float64).forward(
            *puzzle.indices(row.arrangement), puzzle.x[rows.rows]
        )
        errors = ((answers - puzzle.pred[rows.rows]) ** 2).mean(axis=1)
    found = rows.by_stratum(errors)
    return {name: error for name, error in found.items() if np.isfinite(error)}
