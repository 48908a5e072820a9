"""Submitting: from what a user asks to rows, edges and letters, all or nothing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from permq import __version__
from permq.errors import OptionError
from permq.fleet.producer import Letter
from permq.jobs import seeds
from permq.jobs.dispatching import dispatch
from permq.jobs.kinds import kind_named
from permq.pool import history, tallies
from permq.pool import jobs as rows
from permq.pool.connection import Connection, Cursor, transaction
from permq.pool.jobs import NewJob
from permq.pool.puzzles import PuzzleRow

MAX_COUNT = 100_000
MAX_BACKLOG = 1_000_000
MAX_PARAMETERS = 64 * 1024
"""Bytes of one job's parameters as JSON."""


@dataclass(frozen=True)
class Step:
    """One kind of job with its parameters, complete and checked.

    Parameters
    ----------
    kind, params
        See `permq.jobs.kinds`.
    count
        Jobs of this step side by side; the step after them waits for each by itself, or for all
        where it joins.
    join
        Whether one job takes up the best of all that come before.
    aside
        Whether the step after it does not wait for it; only one that gathers does.
    gather
        Whether one job waits for all that come before, and for all that went aside.
    priority
        0 (first) to 9, where the order names none; None for the usual one of its kind.
    """

    kind: str
    params: Mapping[str, Any]
    count: int = 1
    join: bool = False
    aside: bool = False
    gather: bool = False
    priority: int | None = None


@dataclass(frozen=True)
class Order:
    """What a user asks for.

    Parameters
    ----------
    steps
        The first kind, then what follows it.
    puzzle
        What to work on; None for kinds that need none.
    seed
        None draws a fresh one, and then no job is recognised as the same as another.
    priority, node, keep_going, time_limit
        See `permq.pool.jobs.NewJob`; without a priority each step has its own.
    again
        Whether jobs that were done already are done again.
    command
        What the user typed.
    """

    steps: tuple[Step, ...]
    puzzle: PuzzleRow | None = None
    seed: int | None = None
    priority: int | None = None
    node: str | None = None
    keep_going: bool = False
    time_limit: float | None = None
    again: bool = False
    command: str = ""


@dataclass(frozen=True)
class Submitted:
    """What became of an order.

    Parameters
    ----------
    submission
        Its number; None when every job was there already.
    base_seed
        What all seeds were derived from.
    jobs
        Ids of the new jobs, parents before children.
    known
        Ids and states of jobs recognised as the same, which were not submitted again.
    letters
        To be sent now that the rows are committed.
    """

    submission: int | None
    base_seed: int
    jobs: tuple[int, ...] = ()
    known: Mapping[int, str] = field(default_factory=dict)
    letters: tuple[Letter, ...] = ()


def plan(order: Order, base_seed: int) -> list[NewJob]:
    """Lay out the jobs of an order, parents before children.

    Without a join every job of the first step has a chain of its own. A pure function.

    Raises
    ------
    OptionError
        When there are too many, or a step's parameters are too large.
    """
    made: list[NewJob] = []
    level: list[int] = []
    aside: list[int] = []
    # what goes aside leaves the others the seeds that they have without it
    depths = {True: count(-1, -1), False: count()}
    for step in order.steps:
        depth = next(depths[step.aside])
        kind = kind_named(step.kind)
        _check_size(step)
        parents: list[tuple[int, ...]]
        if step.gather:
            parents = [(*level, *aside)] * step.count
        elif not level:
            parents = [()] * step.count
        elif step.join:
            parents = [tuple(level)] * step.count
        else:
            parents = [(place,) for place in level for _ in range(step.count)]
        variants = [
            (before, number, params)
            for number, before in enumerate(parents)
            for params in kind.expand(step.params)
        ]
        if len(made) + len(variants) > MAX_COUNT:
            raise OptionError(f"more than {MAX_COUNT:,} jobs at once; submit them in parts")
        new = range(len(made), len(made) + len(variants))
        if step.aside:
            aside += new
        else:
            level = list(new)
        priority = order.priority if order.priority is not None else step.priority
        for before, number, params in variants:
            made.append(
                NewJob(
                    kind=step.kind,
                    work_class=kind.work_class,
                    params=params,
                    # parts of one thing, as those of a sweep, share its seed
                    seed=seeds.derived(base_seed, depth, number),
                    puzzle_id=order.puzzle.id if order.puzzle and kind.needs_puzzle else None,
                    parents=before,
                    join_mode="best" if step.join or step.gather else None,
                    priority=kind.priority if priority is None else priority,
                    node=order.node,
                    keep_going=order.keep_going,
                    brief=kind.brief,
                    time_limit=order.time_limit,
                    steps=kind.total(params, order.puzzle.blocks if order.puzzle else 0),
                )
            )
    return made


def identified(jobs: Sequence[NewJob], order: Order) -> list[NewJob]:
    """Give repeatable jobs the digest by which they are recognised: all that they depend on."""
    done: list[NewJob] = []
    for job in jobs:
        above = [done[place].identity for place in job.parents]
        if not kind_named(job.kind).repeatable or None in above:
            done.append(job)
            continue
        facts = {
            "kind": job.kind,
            "params": dict(job.params),
            "seed": job.seed,
            "puzzle": order.puzzle.fingerprint if order.puzzle and job.puzzle_id else None,
            "version": __version__,
            "time_limit": job.time_limit,
            "parents": above,
        }
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
        done.append(replace(job, identity=digest))
    return done


def submit(connection: Connection, order: Order) -> Submitted:
    """Put an order's jobs into the pool and hand out what can begin, in one transaction.

    Raises
    ------
    OptionError
        When the order cannot be met: too many jobs, a solved puzzle, an unknown node. Nothing is
        submitted then.
    PoolError
        When Postgres fails; nothing is submitted then.
    """
    base_seed = seeds.fresh() if order.seed is None else order.seed
    jobs = plan(order, base_seed)
    with transaction(connection) as cursor:
        return write(cursor, order, base_seed, jobs)


def write(cursor: Cursor, order: Order, base_seed: int, planned: Sequence[NewJob]) -> Submitted:
    """Put planned jobs into the pool within the caller's transaction; see `submit`.

    Parameters
    ----------
    order
        What is asked for.
    base_seed
        What `planned` was laid out with.
    planned
        See `plan`.
    """
    jobs = with_gpu(cursor, planned)
    refuse(cursor, order, len(jobs))
    known: dict[int, str] = {}
    if order.seed is not None:
        jobs = identified(jobs, order)
        if not order.again:
            jobs, known = _without_known(cursor, jobs)
    if not jobs:
        return Submitted(None, base_seed, known=known)
    submission, ids = rows.insert(
        cursor,
        jobs,
        command=order.command,
        base_seed=base_seed,
        code_version=__version__,
    )
    letters = dispatch(cursor)
    return Submitted(submission, base_seed, tuple(ids), known, tuple(letters))


def with_gpu(cursor: Cursor, planned: Sequence[NewJob]) -> list[NewJob]:
    """Let jobs that prefer a GPU go where one is."""
    preferring = [kind_named(job.kind).prefers_gpu for job in planned]
    if not any(preferring) or not history.gpu_lives(cursor):
        return list(planned)
    return [
        replace(job, work_class="gpu") if prefers else job
        for job, prefers in zip(planned, preferring, strict=True)
    ]


def refuse(cursor: Cursor, order: Order, count: int) -> None:
    """Complain about what stands against an order.

    Raises
    ------
    OptionError
        With what stands against it, and what to do.
    """
    searches = any(kind_named(step.kind).work_class == "heavy" for step in order.steps)
    if order.puzzle is None and any(kind_named(step.kind).needs_puzzle for step in order.steps):
        raise OptionError("there is no puzzle in the pool; add one: permq puzzle add DIR")
    if order.puzzle and order.puzzle.solved_at and searches and not order.keep_going:
        raise OptionError(
            f"{order.puzzle.label} is solved (permq pool best shows the answer); "
            "--keep-going searches on"
        )
    if order.node is not None:
        cursor.execute("SELECT name FROM nodes ORDER BY name")
        names = [name for (name,) in cursor.fetchall()]
        if order.node not in names:
            known = ", ".join(names) or "none has registered yet"
            raise OptionError(f"there is no node {order.node!r}; known: {known}")
    if tallies.queued(cursor) + count > MAX_BACKLOG:
        raise OptionError(
            f"the backlog would exceed {MAX_BACKLOG:,} jobs; wait, or cancel some: permq cancel"
        )


def _without_known(cursor: Cursor, jobs: Sequence[NewJob]) -> tuple[list[NewJob], dict[int, str]]:
    """Leave out what is there already, but only where all that follows it is there too."""
    found = rows.same(cursor, [job.identity for job in jobs if job.identity is not None])
    needed = [job.identity is None or job.identity not in found for job in jobs]
    for place in reversed(range(len(jobs))):
        if needed[place]:
            for parent in jobs[place].parents:
                needed[parent] = True
    kept = [place for place, need in enumerate(needed) if need]
    moved = {place: number for number, place in enumerate(kept)}
    known = dict(
        found[job.identity]
        for job, need in zip(jobs, needed, strict=True)
        if not need and job.identity is not None
    )
    return [
        replace(jobs[place], parents=tuple(moved[parent] for parent in jobs[place].parents))
        for place in kept
    ], known


def _check_size(step: Step) -> None:
    size = len(json.dumps(dict(step.params)))
    if size > MAX_PARAMETERS:
        raise OptionError(
            f"parameters of {step.kind} take {size:,} bytes; at most {MAX_PARAMETERS:,} are allowed"
        )
    if not 1 <= step.count <= MAX_COUNT:
        raise OptionError(f"count {step.count}: between 1 and {MAX_COUNT:,} jobs at once")
