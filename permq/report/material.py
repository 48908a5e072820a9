"""What a report is made of: runs, what they took, and what the last report said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from permq.bench.judging import judge, verdict
from permq.core.arrangement import Arrangement
from permq.errors import MissingDataError, OptionError
from permq.pool import puzzles, runs, solutions
from permq.pool.connection import Connection, Cursor, transaction
from permq.pool.content import unpack
from permq.pool.puzzles import PuzzleRow
from permq.pool.runs import NodeUseRow, ReportRow, RunRow

TOP = 100
"""Solutions of a puzzle's pool that tell a posterior of placement."""


@dataclass(frozen=True)
class Known:
    """A puzzle whose answer is known, as the pool keeps it.

    Parameters
    ----------
    name
        Of the puzzle.
    content
        The puzzle itself, see `permq.pool.content`.
    answer
        The right arrangement.
    found
        Costs and arrangements of the best solutions of its pool.
    """

    name: str
    content: bytes = field(repr=False)
    answer: Arrangement
    found: tuple[tuple[float, Arrangement], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Material:
    """Everything a report tells of.

    Parameters
    ----------
    about
        `suite:NAME` or `puzzle:FINGERPRINT`.
    name
        Of the suite or puzzle.
    rows
        Runs that have ended.
    pending
        Runs that have not.
    nodes
        What the runs took, by node.
    known
        Puzzles whose answer is known.
    unknown
        Names of the others.
    last
        The report before; None where this is the first.
    bench
        Number of the bench; None for a puzzle.
    provenance
        Where the runs are from.
    """

    about: str
    name: str
    rows: tuple[RunRow, ...]
    pending: int
    nodes: tuple[NodeUseRow, ...]
    known: tuple[Known, ...]
    unknown: tuple[str, ...]
    last: ReportRow | None
    bench: int | None
    provenance: Mapping[str, Any]


def of_suite(connection: Connection, suite: str | None, job: int | None = None) -> Material:
    """Gather the newest bench of a suite; of the suite that ran last by default.

    Parameters
    ----------
    suite
        Its name.
    job
        Which makes the report; None for a command.

    Raises
    ------
    OptionError
        When the suite was never run.
    MissingDataError
        When nothing was, or no run has ended.
    """
    with transaction(connection) as cursor:
        benches = runs.benches(cursor)
        if not benches:
            raise MissingDataError("nothing was run yet: permq bench run quick")
        own = [bench for bench in benches if suite is None or bench.suite == suite]
        if not own:
            raise OptionError(f"suite {suite!r} was never run: permq bench run {suite}")
        bench = own[0]
        rows = runs.listing(cursor, bench=bench.id)
        spec = runs.spec_of(cursor, bench.id)
        about = f"suite:{bench.suite}"
        ended = _ended(rows, f"suite {bench.suite}")
        ids = sorted({row.regime for row in ended if row.regime})
        made = runs.regimes(cursor, ids) if runs.may_judge(cursor) else {}
        known = tuple(
            _known(cursor, one.puzzle_id, one.name, Arrangement.of(one.answer))
            for one in made.values()
        )
        return Material(
            about=about,
            name=bench.suite,
            rows=tuple(ended),
            pending=len(rows) - len(ended),
            nodes=tuple(runs.node_use(cursor, [row.submission for row in ended])),
            known=known,
            unknown=tuple(one for one in ids if one not in made),
            last=runs.last_report(cursor, about, bench.id, job),
            bench=bench.id,
            provenance={
                "command": bench.command,
                "bench": bench.id,
                "started": bench.created_at.isoformat(),
                "version": bench.version,
                "revision": bench.revision,
                "suite": spec,
            },
        )


def of_puzzle(connection: Connection, puzzle: PuzzleRow, job: int | None = None) -> Material:
    """Gather all ended searches of a puzzle, those of benchmarks too.

    Parameters
    ----------
    puzzle
        Which.
    job
        Which makes the report; None for a command.

    Raises
    ------
    MissingDataError
        When none has ended.
    """
    with transaction(connection) as cursor:
        answer = _answer(cursor, puzzle)
        of_runs = runs.listing(cursor, puzzle_id=puzzle.id)
        jobs = [_judged(row, found, answer) for row, found in _searches(cursor, puzzle.id)]
        ended = _ended([*of_runs, *jobs], puzzle.label)
        about = f"puzzle:{puzzle.fingerprint}"
        return Material(
            about=about,
            name=puzzle.name,
            rows=tuple(ended),
            pending=len(of_runs) + len(jobs) - len(ended),
            nodes=tuple(runs.node_use(cursor, sorted({row.submission for row in ended}))),
            known=() if answer is None else (_known(cursor, puzzle.id, puzzle.name, answer),),
            unknown=(puzzle.name,) if answer is None else (),
            last=runs.last_report(cursor, about, job=job),
            bench=None,
            provenance={"puzzle": puzzle.name, "fingerprint": puzzle.fingerprint},
        )


def _searches(cursor: Cursor, puzzle_id: int) -> list[tuple[RunRow, list[int] | None]]:
    return runs.listing_of_jobs(cursor, puzzle_id)


def _ended(rows: Sequence[RunRow], what: str) -> list[RunRow]:
    ended = [row for row in rows if row.state != "pending"]
    if not ended:
        raise MissingDataError(
            f"no run of {what} has ended yet: permq jobs shows what is under way"
        )
    return ended


def _judged(row: RunRow, found: list[int] | None, answer: Arrangement | None) -> RunRow:
    """A search with how right it is, where the answer is known."""
    if found is None:
        told = "nothing" if row.state == "done" else row.state
        return row._replace(settings=dict(row.settings), verdict=told)
    if answer is None:
        return row
    judgement = judge(found, answer.pieces)
    # the cost of an equivalent arrangement alone does not tell it from a nearly right one
    return row._replace(
        verdict=verdict(judgement, row.blocks, solved=bool(row.solved), exact=False),
        pairs_right=judgement.pairs,
        positions_right=judgement.positions,
    )


def _answer(cursor: Cursor, puzzle: PuzzleRow) -> Arrangement | None:
    """The right arrangement: a benchmark's, else a solution that is solved; None else."""
    for row in runs.regimes(cursor).values() if runs.may_judge(cursor) else ():
        if row.puzzle_id == puzzle.id:
            return Arrangement.of(row.answer)
    best = solutions.best(cursor, puzzle.id)
    return best.arrangement if best is not None and best.solved else None


def _known(cursor: Cursor, puzzle_id: int, name: str, answer: Arrangement) -> Known:
    top = solutions.top(cursor, puzzle_id, TOP)
    return Known(
        name,
        puzzles.content(cursor, puzzle_id),
        answer,
        tuple((row.cost, row.arrangement) for row in top),
    )


def puzzle_of(known: Known) -> Any:
    """The puzzle, in the roles that its answer gives to square layers."""
    return unpack(known.content).for_answer(known.answer)
