"""Steady mixed work: every kind of job, and what goes wrong or is called off."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from permq.errors import PermqError
from permq.fleet.producer import Letter, send, sender
from permq.jobs import control
from permq.jobs.submission import Order, submit
from permq.pool.connection import Connection, connect, transaction
from permq.pool.puzzles import PuzzleRow
from tests.chaos.workload import waves
from tests.nodes import Fleet

Change = Callable[[Connection, Sequence[int]], tuple[dict[int, str], list[Letter]]]

ENOUGH = 12
"""Unfinished jobs beyond which nothing is submitted."""

FAILING = """
INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, params, seed, state, code_version,
    ready_at)
SELECT submission_id, puzzle_id, kind, work_class, '{}', seed, 'ready', code_version,
    clock_timestamp()
FROM jobs WHERE kind = 'anneal' ORDER BY id LIMIT 1
"""
"""What no user can submit: a parameter that the search cannot use."""


class Work:
    """Submits, cancels, pauses and takes up again, as users do.

    Parameters
    ----------
    fleet
        Its servers.
    puzzle
        What to work on.
    without
        Kinds of jobs that are left out.
    """

    def __init__(self, fleet: Fleet, puzzle: PuzzleRow, *, without: Collection[str] = ()) -> None:
        self._fleet = fleet
        self._puzzle = puzzle
        self._asked = (
            asked
            for asked in waves(1)
            if not {one.kind for one in asked.steps}.intersection(without)
        )
        self._connection = connect(fleet.postgres_url)
        self._troubles: list[Callable[[], None]] = [
            self._fail,
            self._cancel,
            self._pause,
            self._retry,
        ]
        self._turn = 0
        self.done: dict[str, int] = {}

    def go_on(self) -> None:
        """Do a little of it; called about every second."""
        ((unfinished,),) = self._fleet.rows(
            "SELECT count(*) FROM jobs WHERE state IN ('waiting', 'ready', 'assigned', 'running')"
        )
        if unfinished >= ENOUGH:
            return
        asked = next(self._asked)
        self._submit(asked.order(self._puzzle, "soak"))
        self._turn += 1
        if self._turn % 3 == 0:
            self._troubles[self._turn // 3 % len(self._troubles)]()

    def close(self) -> None:
        """Count what became of it, and let go."""
        self.done = {
            state: int(count)
            for state, count in self._fleet.rows("SELECT state, count(*) FROM jobs GROUP BY 1")
        }
        self._connection.close()

    def _submit(self, order: Order) -> None:
        self._send(submit(self._connection, order).letters)

    def _send(self, letters: Sequence[Letter]) -> None:
        with suppress(PermqError):
            send(sender(self._fleet.redis_url), letters)

    def _fail(self) -> None:
        with transaction(self._connection) as cursor:
            cursor.execute(FAILING)

    def _cancel(self) -> None:
        self._change(control.cancel, "state IN ('running', 'ready')")

    def _pause(self) -> None:
        self._change(control.pause, "state IN ('running', 'ready')")
        self._change(control.resume, "paused AND id < (SELECT max(id) - 20 FROM jobs)", 20)

    def _retry(self) -> None:
        self._change(control.retry, "state IN ('cancelled', 'blocked')")

    def _change(self, change: Change, where: str, most: int = 1) -> None:
        jobs = self._fleet.rows(f"SELECT id FROM jobs WHERE {where} ORDER BY random() LIMIT {most}")
        _, letters = change(self._connection, [job for (job,) in jobs])
        self._send(letters)
