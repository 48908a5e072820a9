"""Rows that lists show, see `permq.pool.listing`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple


class JobRow(NamedTuple):
    """A job as a list shows it.

    `after` holds the parents it waits for; `assigned_for` and `age` are seconds: since it was given
    to its node, and since it began, ended, or was put in.
    """

    id: int
    submission: int
    kind: str
    puzzle: str | None
    state: str
    paused: bool
    cancelling: bool
    node: str | None
    requested_node: str | None
    work_class: str
    priority: int
    seed: int
    slice: int
    attempt: int
    steps_done: int
    steps_total: int | None
    rate: float | None
    worked: float
    time_limit: float | None
    current_cost: float | None
    best_cost: float | None
    reason: str | None
    error: str | None
    after: list[int] | None
    assigned_for: float | None
    age: float
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class JobFacts(NamedTuple):
    """Everything that is known of one job; see the table `jobs`."""

    id: int
    submission: int
    command: str
    base_seed: int
    kind: str
    work_class: str
    params: Mapping[str, Any]
    seed: int
    puzzle: str | None
    fingerprint: str | None
    identity: str | None
    priority: int
    requested_node: str | None
    keep_going: bool
    time_limit: float | None
    join_mode: str | None
    state: str
    reason: str | None
    paused: bool
    cancelling: bool
    node: str | None
    pid: int | None
    token: int
    lease_until: datetime | None
    attempt: int
    slice: int
    steps_done: int
    steps_total: int | None
    rate: float | None
    worked: float
    current_cost: float | None
    best_cost: float | None
    best_solution_id: int | None
    sha256: str | None
    solved: bool | None
    parent_solution_id: int | None
    start: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    error: str | None
    numeric_class: str | None
    moved: bool
    code_version: str
    created_at: datetime
    ready_at: datetime | None
    assigned_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    assigned_for: float | None


class Relative(NamedTuple):
    """A parent or child of a job."""

    id: int
    kind: str
    state: str
    best_cost: float | None


class SliceRow(NamedTuple):
    """One slice that was done."""

    slice: int
    node: str
    started_at: datetime
    ended_at: datetime
    steps: int
    best_cost: float | None


class FindRow(NamedTuple):
    """A solution that a job found."""

    solution_id: int
    sha256: str
    cost: float
    solved: bool
    match: bool | None
    method: str
    slice: int | None
    node: str | None
    found_at: datetime


class LogLine(NamedTuple):
    """One line of a job's log."""

    id: int
    at: datetime
    level: str
    node: str | None
    message: str


class Steps(NamedTuple):
    """Steps done and to do in all, and steps/s now; `unknown` counts jobs that know no total."""

    done: int
    total: int
    unknown: int
    rate: float


class BestOf(NamedTuple):
    """The best solution among those of some jobs."""

    job: int
    kind: str
    solution_id: int
    sha256: str
    cost: float
    solved: bool


class PuzzleBest(NamedTuple):
    """A puzzle and the best of its pool; `age` in seconds since that was found."""

    puzzle_id: int
    name: str
    blocks: int
    solved_at: datetime | None
    solution_id: int | None
    sha256: str | None
    cost: float | None
    solved: bool | None
    method: str | None
    node: str | None
    job: int | None
    found_at: datetime | None
    age: float | None


class Discovery(NamedTuple):
    """One find, of a new solution or a known one."""

    id: int
    found_at: datetime
    puzzle: str
    solution_id: int
    cost: float
    solved: bool
    method: str
    node: str | None
    job: int | None
