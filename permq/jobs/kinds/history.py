"""`history`: a snapshot of the pool, for the time series of how the search learns."""

from typing import TYPE_CHECKING, Any

from permq.errors import OptionError
from permq.jobs.beginning import whole
from permq.jobs.kind import IDLE, Kind
from permq.jobs.parameters import Parameter
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.pool.connection import Connection

EVENTS = ("improvement", "timer", "stage", "request")
"""As `permq.pool.history` names them, which takes numpy to load."""
STAGE = "stage"


class History(Kind[dict[str, Any]]):
    """One snapshot, written at once; see `permq.history`."""

    name = "history"
    summary = "a snapshot of the pool, for the history of how the search learns"
    work_class = "light"
    priority = IDLE
    parameters = (Parameter("event", str, "request", "Why it is made.", choices=EVENTS),)
    needs_pool = True
    brief = True
    repeatable = False

    def begin(self, task: Task) -> dict[str, Any]:
        """Nothing made yet."""
        return {}

    def advance(self, task: Task, state: dict[str, Any]) -> bool:
        """Make the snapshot; the job's number keeps a second one out."""
        from permq.history.taking import take

        puzzle, pool = whole(task), pool_of(task)
        number = puzzle_row(pool, puzzle)
        if task.params["event"] == STAGE and not _changed(pool, number):
            state["snapshot"] = None
            return True
        taken = take(pool, number, puzzle, event=task.params["event"], job_id=task.job)
        state |= {
            "snapshot": taken.id,
            "solutions": taken.solutions,
            "best_cost": taken.best.cost,
            "locked": taken.snapshot.locked,
            "diversity": taken.snapshot.diversity,
        }
        return True

    def dump(self, task: Task, state: dict[str, Any]) -> bytes:
        """Pack what was made."""
        return seal(self.name, whole(task).fingerprint, state)

    def load(self, task: Task, data: bytes) -> dict[str, Any]:
        """Unpack it."""
        return unseal(self.name, whole(task).fingerprint, data)

    def result(self, task: Task, state: dict[str, Any]) -> dict[str, Any]:
        """The snapshot's number and its main numbers; None where the pool is as at the last one."""
        return state


def _changed(pool: "Connection", puzzle_id: int) -> bool:
    """Whether a stage has brought anything."""
    from permq.pool import history
    from permq.pool.connection import transaction

    with transaction(pool) as cursor:
        return history.changed(cursor, puzzle_id)


def pool_of(task: Task) -> "Connection":
    """The task's connection to the pool.

    Raises
    ------
    OptionError
        When it has none.
    """
    if task.pool is None:
        raise OptionError("this kind of job needs the pool")
    return task.pool


def puzzle_row(pool: "Connection", puzzle: Any) -> int:
    """Row of the pool that holds a puzzle."""
    from permq.pool.connection import transaction
    from permq.pool.puzzles import find

    with transaction(pool) as cursor:
        return find(cursor, puzzle.fingerprint).id
