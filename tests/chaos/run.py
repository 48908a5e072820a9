"""One day of chaos: strikes and submissions side by side, then the verdict."""

import heapq
import itertools
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from permq.errors import PermqError
from permq.fleet.producer import send, sender
from permq.jobs.submission import submit
from permq.pool import puzzles
from permq.pool.connection import connect, transaction
from tests.chaos.field import NODES, Field
from tests.chaos.plan import plan
from tests.chaos.strikes import LEAVING_SECONDS, suffer
from tests.chaos.verdict import problems, redone
from tests.chaos.workload import Asked, keep_bench, waves

LIMIT = 420.0
"""Seconds after which jobs that have not ended are taken for stuck."""
LOOK = 0.05
BACKLOG = 16
"""Unfinished jobs below which more are submitted."""
CALM = 5.0
"""Seconds before the first strike, for the nodes to start."""


@dataclass
class Report:
    """What one seed came to; `problems` is empty where it passed."""

    seed: int
    jobs: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    retried: int = 0
    redone: int = 0
    slices: int = 0
    solutions: int = 0
    refused: int = 0
    spooled: int = 0
    told: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def run(
    seed: int, jobs: int, rounds: int, folder: Path, *, small_disks: bool, keep: Path | None = None
) -> Report:
    """Have one day of it.

    Parameters
    ----------
    seed
        Of strikes and jobs.
    jobs
        How many at least.
    rounds
        How often every fault strikes.
    folder
        Where all of it lies; must be empty.
    small_disks
        Whether disks can be filled up here.
    keep
        Where the nodes' folders are left.
    """
    report = Report(seed)
    scene = Field(folder, small_disks=small_disks)
    begun = time.monotonic()
    try:
        fleet = scene.open()
        row = fleet.add_puzzle()
        keep_bench(fleet, row)
        orders = _play(scene, seed, jobs, rounds, row, report)
        report.seconds = time.monotonic() - begun
        _leave(scene, report)
        told = scene.read_logs()
        report.problems += problems(scene, report.jobs, orders)
        report.faults = dict(sorted(scene.struck.items()))
        report.retried, report.redone = redone(scene)
        ((report.slices, report.solutions),) = fleet.rows(
            "SELECT (SELECT count(*) FROM slices), (SELECT count(*) FROM solutions)"
        )
        report.refused = told.count("its lease was lost")
        report.spooled = scene.spooled
        report.told = dict(scene.told)
    finally:
        scene.close(keep)
    if left := scene.processes():
        report.problems.append(f"processes that still run: {left}")
    return report


def _play(
    scene: Field, seed: int, jobs: int, rounds: int, row: puzzles.PuzzleRow, report: Report
) -> int:
    """Strike and submit until both are through and every job has ended; gives the submissions."""
    ties = itertools.count()
    waiting = [
        (time.monotonic() + CALM, next(ties), suffer(scene, target, strikes))
        for target, strikes in plan(seed, NODES, rounds).items()
    ]
    heapq.heapify(waiting)
    asked, orders, due = waves(seed), 0, 0.0
    upcoming = next(asked)
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        scene.look()
        while waiting and waiting[0][0] <= time.monotonic():
            _, tie, steps = heapq.heappop(waiting)
            with suppress(StopIteration):
                heapq.heappush(waiting, (time.monotonic() + next(steps), tie, steps))
        if time.monotonic() >= due:
            due = time.monotonic() + 0.3
            unfinished = _unfinished(scene)
            more = bool(waiting) or report.jobs < jobs
            # there is always something to hit
            if more and unfinished is not None and unfinished < BACKLOG:
                command = f"chaos {seed}.{orders}"
                if _submitted(scene, upcoming, command, row):
                    report.jobs += upcoming.jobs
                    orders += 1
                    upcoming, due = next(asked), 0.0
            elif not more and unfinished == 0 and not scene.undelivered():
                return orders
        time.sleep(LOOK)
    report.problems.append(f"not over after {LIMIT:g} s")
    return orders


def _submitted(scene: Field, asked: Asked, command: str, row: puzzles.PuzzleRow) -> bool:
    """Submit once, however often Postgres goes away; False when it must be tried again."""
    assert scene.fleet is not None
    try:
        connection = connect(scene.fleet.postgres_url)
        try:
            with transaction(connection) as cursor:
                cursor.execute("SELECT id FROM submissions WHERE command = %s", (command,))
                if cursor.fetchone() is not None:  # the answer to the commit was lost, no more
                    return True
            letters = submit(connection, asked.order(row, command)).letters
        finally:
            connection.close()
        with suppress(PermqError):
            send(sender(scene.fleet.redis_url), letters)
    except PermqError:
        return False
    return True


def _unfinished(scene: Field) -> int | None:
    """Number of jobs that have not ended; None while Postgres is away."""
    assert scene.fleet is not None
    try:
        ((count,),) = scene.fleet.rows(
            "SELECT count(*) FROM jobs WHERE state IN ('waiting', 'ready', 'assigned', 'running')"
        )
    except PermqError:
        return None
    return int(count)


def _leave(scene: Field, report: Report) -> None:
    """End all nodes in order; nothing of them may be left."""
    for place in scene.places.values():
        place.expected_down = True
        if place.runs():
            place.process.process.terminate()
    end = time.monotonic() + LEAVING_SECONDS
    while any(place.runs() for place in scene.places.values()) and time.monotonic() < end:
        time.sleep(LOOK)
    time.sleep(1.0)
    if left := scene.processes():
        report.problems.append(f"processes that still run after SIGTERM: {left}")
