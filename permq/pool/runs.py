"""Benchmarks as rows: regimes and their networks, benches, runs, and what reports said."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from permq.pool.connection import Cursor, scalar
from permq.pool.native import native
from permq.pool.queries import load


class RegimeRow(NamedTuple):
    """A network of a regime, with the answer that only a judge may see."""

    id: str
    puzzle_id: int
    recipe: dict[str, Any]
    answer: list[int]
    name: str
    fingerprint: str
    blocks: int


class EndedRow(NamedTuple):
    """A run whose jobs have ended, and the best of what they found."""

    id: int
    regime: str
    puzzle_id: int
    answer: list[int]
    states: list[str]
    permutation: list[int] | None
    cost: float | None
    solved: bool | None
    exact: bool | None
    pairs: list[list[int]] | None
    error: str | None


class RunRow(NamedTuple):
    """A run as it is kept; None where that is not known."""

    id: int
    suite: str | None
    bench: int | None
    solver: str
    settings: dict[str, Any]
    puzzle: str
    regime: str | None
    blocks: int
    seed: int
    version: str
    state: str
    solved: bool | None
    verdict: str | None
    pairs_right: int | None
    positions_right: int | None
    final_mse: float | None
    seconds: float | None
    evaluations: int | None
    node: str | None
    cpu_seconds: float | None
    peak_memory: int | None
    energy: float | None
    confidence: float | None
    error: str | None
    puzzle_id: int
    submission: int
    ended_at: datetime | None


class BenchRow(NamedTuple):
    """A suite that was run once."""

    id: int
    suite: str
    version: str
    revision: str | None
    command: str
    created_at: datetime
    runs: int
    pending: int
    solved: int


class NodeUseRow(NamedTuple):
    """What some work took on one node; `busy` and `span` in seconds, `energy` in joules."""

    node: str
    chipset: str
    slots: int
    memory: int | None
    version: str
    numeric_class: str
    slices: int
    jobs: int
    busy: float
    span: float
    cpu_seconds: float | None
    peak_memory: int | None
    steps: int
    energy: float | None


class ReportRow(NamedTuple):
    """What a report said."""

    id: int
    version: str
    summary: dict[str, Any]
    made_at: datetime


def is_run(cursor: Cursor, job: int) -> bool:
    """Whether a job belongs to a run of a benchmark."""
    cursor.execute(load("runs")["is_run"], {"job": job})
    return bool(scalar(cursor))


def own_solutions(cursor: Cursor, job: int, count: int) -> list[list[int]]:
    """Best permutations that the jobs of a job's run have found."""
    cursor.execute(load("runs")["own_solutions"], {"job": job, "count": count})
    return [list(permutation) for (permutation,) in cursor.fetchall()]


def regimes(cursor: Cursor, ids: Sequence[str] | None = None) -> dict[str, RegimeRow]:
    """Regimes whose network is made, by id; all of them by default."""
    cursor.execute(load("runs")["regimes"], {"ids": None if ids is None else list(ids)})
    return {row[0]: RegimeRow(*row) for row in cursor.fetchall()}


def keep_regime(
    cursor: Cursor, regime: str, puzzle_id: int, recipe: Mapping[str, Any], answer: Sequence[int]
) -> None:
    """Keep the network of a regime; the first one made stays."""
    values = {
        "id": regime,
        "puzzle": puzzle_id,
        "recipe": json.dumps(dict(recipe)),
        "answer": [int(piece) for piece in answer],
    }
    cursor.execute(load("runs")["keep_regime"], values)


def open_bench(
    cursor: Cursor,
    suite: str,
    spec: Mapping[str, Any],
    *,
    version: str,
    revision: str | None,
    command: str,
) -> int:
    """Note that a suite is run. Returns the number of this bench."""
    values = {
        "suite": suite,
        "spec": json.dumps(dict(spec)),
        "version": version,
        "revision": revision,
        "command": command,
    }
    cursor.execute(load("runs")["open_bench"], values)
    return int(scalar(cursor))


def open_run(
    cursor: Cursor,
    bench: int,
    submission: int,
    *,
    solver: str,
    settings: Mapping[str, Any],
    regime: RegimeRow,
    seed: int,
    version: str,
) -> int:
    """Note a run whose jobs are submitted. Returns its number."""
    values = {
        "bench": bench,
        "submission": submission,
        "solver": solver,
        "settings": json.dumps(dict(settings)),
        "puzzle": regime.puzzle_id,
        "regime": regime.id,
        "seed": seed,
        "version": version,
    }
    cursor.execute(load("runs")["open_run"], values)
    return int(scalar(cursor))


def ended(cursor: Cursor) -> list[EndedRow]:
    """Pending runs whose jobs have all ended."""
    cursor.execute(load("runs")["ended"])
    return [EndedRow(*row) for row in cursor.fetchall()]


def close_run(cursor: Cursor, run: int, judged: Mapping[str, Any]) -> None:
    """Write what became of a run, and what its jobs took."""
    cursor.execute(load("runs")["close_run"], {"run": run, **native(judged)})


def listing(
    cursor: Cursor,
    *,
    suites: Sequence[str] | None = None,
    bench: int | None = None,
    puzzle_id: int | None = None,
) -> list[RunRow]:
    """Runs in the order they were submitted."""
    cursor.execute(
        load("runs")["listing"],
        {"suites": None if suites is None else list(suites), "bench": bench, "puzzle": puzzle_id},
    )
    return [RunRow(*row) for row in cursor.fetchall()]


def listing_of_jobs(cursor: Cursor, puzzle_id: int) -> list[tuple[RunRow, list[int] | None]]:
    """Ended searches of a puzzle outside benchmarks as if they were runs, and their best finds."""
    cursor.execute(load("runs")["listing_of_jobs"], {"puzzle": puzzle_id})
    return [(RunRow(*row[:-1]), row[-1]) for row in cursor.fetchall()]


def benches(cursor: Cursor) -> list[BenchRow]:
    """All benches, the newest first."""
    cursor.execute(load("runs")["benches"])
    return [BenchRow(*row) for row in cursor.fetchall()]


def spec_of(cursor: Cursor, bench: int) -> dict[str, Any]:
    """A bench's suite as it was read."""
    cursor.execute(load("runs")["bench_spec"], {"bench": bench})
    return dict(scalar(cursor))


def node_use(cursor: Cursor, submissions: Sequence[int]) -> list[NodeUseRow]:
    """What the jobs of some submissions took, by node."""
    cursor.execute(load("runs")["node_use"], {"submissions": list(submissions)})
    return [NodeUseRow(*row) for row in cursor.fetchall()]


def may_judge(cursor: Cursor) -> bool:
    """Whether the role that asks may know the answers of the regimes."""
    cursor.execute(load("runs")["may_judge"])
    return bool(scalar(cursor))


def last_report(
    cursor: Cursor, about: str, bench: int | None = None, job: int | None = None
) -> ReportRow | None:
    """The newest report about something; None where there is none.

    Parameters
    ----------
    about
        See `keep_report`.
    bench, job
        One about this bench, or made by this job, does not count.
    """
    given = {"about": about, "bench": bench, "job": job}
    cursor.execute(load("runs")["last_report"], given)
    row = cursor.fetchone()
    return None if row is None else ReportRow(*row)


def keep_report(
    cursor: Cursor, about: str, version: str, summary: Mapping[str, Any], job: int | None = None
) -> int:
    """Keep what a report said; a job that is done twice keeps one.

    Parameters
    ----------
    about
        `suite:NAME` or `puzzle:FINGERPRINT`.
    version, summary
        Of the software, and what the next report compares itself with.
    job
        Which made it; None for a command.

    Returns
    -------
    int
        The report's number.
    """
    told = json.dumps(dict(summary))
    given = {"about": about, "version": version, "summary": told, "job": job}
    cursor.execute(load("runs")["keep_report"], given)
    number = scalar(cursor)
    if number is None:
        cursor.execute(load("runs")["report_of_job"], {"job": job})
        number = scalar(cursor)
    return int(number)
