"""How the search learns, as rows: probe rows, snapshots, embeddings and records of training."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg2

from permq.pool.connection import Cursor, scalar
from permq.pool.native import native
from permq.pool.queries import load
from permq.pool.solutions import SolutionRow

EVENTS = ("improvement", "timer", "stage", "request")
"""Why a snapshot is made: the pool has a new best, time has passed, a pipeline has come to a stage,
or somebody asks."""

ANNEALINGS = 50
"""Whose acceptance counts: the last so many that ended, and as many at work."""
SPEED_SECONDS = 300.0
"""Steps/s are taken over so long."""
PATIENCE = 600.0
"""Seconds until a snapshot is tried again after one that failed."""
RECENT = 50
"""Snapshots' jobs of a puzzle that are looked at, the last ones."""


class Due(NamedTuple):
    """A puzzle, why a snapshot of it should be made (None: none), and whether to embed its best."""

    puzzle_id: int
    event: str | None
    embed: bool


class Embedding(NamedTuple):
    """What a solution makes of the probe rows; see `permq.history.embedding`."""

    solution_id: int
    cost: float
    content: bytes
    made_at: datetime


@dataclass(frozen=True)
class SnapshotRow:
    """A snapshot as the pool keeps it.

    Parameters
    ----------
    id, job_id
        Its number, and the job that made it.
    at, event
        When and why it was made, one of `EVENTS`.
    solutions
        Of the pool.
    best_id, permutation, solved, method, node, parent_id
        The pool's best of that time, what found it and what that began with.
    best_cost, median_cost
        Over all rows of the puzzle.
    numbers
        See `permq.history.snapshot.Snapshot`.
    placement
        By position, `[inp, out, share]` of the blocks there; None where it was not asked for.
    """

    id: int
    job_id: int | None
    at: datetime
    event: str
    solutions: int
    best_id: int
    permutation: tuple[int, ...]
    solved: bool
    method: str
    node: str | None
    parent_id: int | None
    best_cost: float
    median_cost: float
    numbers: Mapping[str, Any]
    placement: Sequence[Sequence[tuple[int, int, float]]] | None


@dataclass(frozen=True)
class PoolFacts:
    """What a snapshot takes of the pool beside its best solutions.

    Parameters
    ----------
    solutions, median_cost
        Number of solutions, and the lower median of their costs.
    methods, nodes
        Solutions by what found them, and where.
    acceptance
        Share of accepted proposals by move.
    speed
        Steps/s of all nodes together.
    before
        The numbers of the last snapshot; None for the first.
    """

    solutions: int
    median_cost: float
    methods: Mapping[str, int]
    nodes: Mapping[str, int]
    acceptance: Mapping[str, float]
    speed: float
    before: Mapping[str, Any] | None


def probe(cursor: Cursor, puzzle_id: int) -> tuple[list[int], list[str]] | None:
    """Probe rows of a puzzle and the stratum of each; None where they were not chosen yet."""
    cursor.execute(load("history")["probe"], {"puzzle": int(puzzle_id)})
    row = cursor.fetchone()
    return None if row is None else (list(row[0]), list(row[1]))


def keep_probe(cursor: Cursor, puzzle_id: int, rows: Sequence[int], strata: Sequence[str]) -> None:
    """Store probe rows; those that are there already stay."""
    given = native({"puzzle": puzzle_id, "rows": list(rows), "strata": list(strata)})
    cursor.execute(load("history")["keep_probe"], given)


def facts(cursor: Cursor, puzzle_id: int) -> PoolFacts:
    """What a snapshot takes of the pool; see `PoolFacts`."""
    sql, given = load("history"), {"puzzle": int(puzzle_id)}
    cursor.execute(sql["costs"], given)
    ((count, median),) = cursor.fetchall()
    cursor.execute(sql["shares"], given)
    methods: dict[str, int] = {}
    nodes: dict[str, int] = {}
    for method, node, number in cursor.fetchall():
        methods[method] = methods.get(method, 0) + int(number)
        nodes[node or ""] = nodes.get(node or "", 0) + int(number)
    cursor.execute(sql["acceptance"], {**given, "limit": ANNEALINGS})
    acceptance = {move: float(share) for move, share in cursor.fetchall()}
    cursor.execute(sql["speed"], {**given, "seconds": SPEED_SECONDS})
    speed = float(scalar(cursor))
    cursor.execute(sql["last"], given)
    return PoolFacts(
        solutions=int(count),
        median_cost=float("nan") if median is None else float(median),
        methods=methods,
        nodes=nodes,
        acceptance=acceptance,
        speed=speed,
        before=scalar(cursor),
    )


def changed(cursor: Cursor, puzzle_id: int) -> bool:
    """Whether the pool has other solutions than at the last snapshot."""
    cursor.execute(load("history")["changed"], {"puzzle": int(puzzle_id)})
    return bool(scalar(cursor))


def append(
    cursor: Cursor,
    puzzle_id: int,
    *,
    job_id: int | None,
    event: str,
    solutions: int,
    best_id: int,
    best_cost: float,
    median_cost: float,
    numbers: Mapping[str, Any],
    placement: Sequence[Sequence[Sequence[float]]],
) -> int:
    """Add a snapshot; a job that is done twice adds one.

    Returns
    -------
    int
        The snapshot's number.
    """
    given = {
        "puzzle": puzzle_id,
        "job": job_id,
        "event": event,
        "solutions": solutions,
        "best": best_id,
        "best_cost": best_cost,
        "median_cost": median_cost,
        "numbers": json.dumps(dict(numbers), allow_nan=False),
        "placement": json.dumps(placement, allow_nan=False),
    }
    cursor.execute(load("history")["append"], native(given))
    added = scalar(cursor)
    if added is None:
        cursor.execute(load("history")["of_job"], {"job": job_id})
        added = scalar(cursor)
    return int(added)


def snapshots(
    cursor: Cursor, puzzle_id: int, most: int | None = None, *, placement: bool = False
) -> list[SnapshotRow]:
    """Snapshots of a puzzle, the first one first.

    Parameters
    ----------
    puzzle_id
        Whose.
    most
        Of more than so many (at least 2), only so many, evenly chosen.
    placement
        Whether to read the placement too, which is by far the largest part.
    """
    given = {"puzzle": int(puzzle_id), "most": most, "placement": placement}
    cursor.execute(load("history")["listing"], given)
    rows = []
    for number, job, at, event, count, best, answer, *rest in cursor.fetchall():
        rows.append(SnapshotRow(number, job, at, event, count, best, tuple(answer), *rest))
    return rows


def improvements(cursor: Cursor, puzzle_id: int) -> list[SolutionRow]:
    """Solutions that were the best of the pool when they were found, in order of time."""
    cursor.execute(load("history")["improvements"], {"puzzle": int(puzzle_id)})
    return [
        SolutionRow(number, puzzle, text, tuple(permutation), *rest)
        for number, puzzle, text, permutation, *rest in cursor.fetchall()
    ]


def speeds(cursor: Cursor, puzzle_id: int) -> dict[str, float]:
    """Steps/s by kind, of all jobs of a puzzle that count steps."""
    cursor.execute(load("history")["speeds"], {"puzzle": int(puzzle_id)})
    return {kind: float(speed) for kind, speed in cursor.fetchall()}


def due(cursor: Cursor, seconds: float) -> list[Due]:
    """Puzzles whose snapshot should be made now, or whose best is to be embedded.

    Parameters
    ----------
    seconds
        Between two snapshots while jobs run and the best stays.
    """
    cursor.execute(
        load("history")["due"], {"seconds": seconds, "patience": PATIENCE, "recent": RECENT}
    )
    return [Due(*row) for row in cursor.fetchall()]


def gpu_lives(cursor: Cursor) -> bool:
    """Whether a live node takes work of class `gpu`."""
    cursor.execute(load("history")["gpu_lives"])
    return bool(scalar(cursor))


def keep_embedding(
    cursor: Cursor,
    puzzle_id: int,
    solution_id: int,
    content: bytes,
    *,
    job_id: int | None,
    device: str,
) -> None:
    """Store what a solution makes of the probe rows; what is there already stays."""
    given = native({"puzzle": puzzle_id, "solution": solution_id, "job": job_id, "device": device})
    cursor.execute(load("history")["keep_embedding"], {**given, "content": _binary(content)})


def embedded(cursor: Cursor, solution_id: int) -> bool:
    """Whether a solution's embedding is there."""
    cursor.execute(load("history")["embedded"], {"solution": int(solution_id)})
    return bool(scalar(cursor))


def embeddings(cursor: Cursor, puzzle_id: int, most: int = 12) -> list[Embedding]:
    """The last embeddings of a puzzle, in the order in which they were made."""
    cursor.execute(load("history")["embeddings"], {"puzzle": int(puzzle_id), "most": most})
    return [Embedding(row[0], row[1], bytes(row[2]), row[3]) for row in cursor.fetchall()]


def keep_training(cursor: Cursor, puzzle_id: int, content: bytes) -> None:
    """Store the record of a puzzle's training, see `permq.history.training`; the last one holds."""
    given = {"puzzle": int(puzzle_id), "content": _binary(content)}
    cursor.execute(load("history")["keep_training"], given)


def training(cursor: Cursor, puzzle_id: int) -> bytes | None:
    """The record of a puzzle's training; None where there is none."""
    cursor.execute(load("history")["training"], {"puzzle": int(puzzle_id)})
    content = scalar(cursor)
    return None if content is None else bytes(content)


def keep_twin(
    cursor: Cursor,
    puzzle_id: int,
    content: bytes,
    recipe: Mapping[str, Any],
    *,
    job_id: int | None,
) -> None:
    """Store the record of a twin's training and how it was trained; the last one holds."""
    given = native({"puzzle": puzzle_id, "job": job_id, "recipe": json.dumps(dict(recipe))})
    cursor.execute(load("history")["keep_twin"], {**given, "content": _binary(content)})


def twin(cursor: Cursor, puzzle_id: int) -> tuple[Mapping[str, Any], bytes] | None:
    """How a puzzle's twin was trained, and the record of it; None where there is none."""
    cursor.execute(load("history")["twin"], {"puzzle": int(puzzle_id)})
    row = cursor.fetchone()
    return None if row is None else (row[0], bytes(row[1]))


def _binary(content: bytes) -> Any:
    return psycopg2.Binary(content)
