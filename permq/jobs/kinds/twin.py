"""`twin`: a network of the puzzle's own shape trained on its data, for how scores emerge."""

from typing import TYPE_CHECKING, Any

from permq.jobs.beginning import whole
from permq.jobs.kind import IDLE, Kind
from permq.jobs.kinds.history import pool_of, puzzle_row
from permq.jobs.parameters import Parameter, Params
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.history.twin import Twin


class TwinKind(Kind["Twin"]):
    """Train a twin and store its record; see `permq.history.twin`."""

    name = "twin"
    summary = "train a network of the puzzle's shape on its data, to see how scores emerge"
    work_class = "light"
    priority = IDLE
    parameters = (
        Parameter("epochs", int, 12, "Passes over the rows.", low=1, high=10_000),
        Parameter("rows", int, 1000, "Rows of the data to train on.", low=1),
        Parameter("lr", float, 2e-3, "Learning rate.", above=0, high=1),
    )
    needs_pool = True

    def total(self, params: Params, blocks: int) -> int | None:
        """Epochs, and looks at checkpoints."""
        from permq.history.twin import checkpoints_of

        epochs = int(params["epochs"] or 0)
        return epochs + len(checkpoints_of(epochs, max(blocks, 1)))

    def begin(self, task: Task) -> "Twin":
        """A fresh network."""
        from permq.history.twin import Twin, TwinSettings

        return Twin(whole(task), TwinSettings(seed=task.seed, **task.params))

    def advance(self, task: Task, state: "Twin") -> bool:
        """A unit is an epoch, or a look at a checkpoint."""
        if task.leave():
            return False

        def told(done: int, word: str) -> None:
            # its loss is no cost of the puzzle
            task.report(done, float("inf"), float("inf"), word)

        state.advance(task.stop, told)
        if state.finished:
            _store(task, state)
        return state.finished

    def dump(self, task: Task, state: "Twin") -> bytes:
        """Pack the network, the optimizer and what was seen."""
        return seal(self.name, whole(task).fingerprint, state.save())

    def load(self, task: Task, data: bytes) -> "Twin":
        """Unpack and check them."""
        state = self.begin(task)
        state.restore(unseal(self.name, whole(task).fingerprint, data))
        return state

    def result(self, task: Task, state: "Twin") -> dict[str, Any]:
        """How it was trained, and when scores emerged where it was finished."""
        from permq.history.training import emerged

        told = emerged(state.record()) if state.finished else None
        return {**state.facts(), "steps": state.done, "emerged": told}


def _store(task: Task, state: "Twin") -> None:
    from permq.pool import history
    from permq.pool.connection import transaction

    pool = pool_of(task)
    number, content = puzzle_row(pool, whole(task)), state.record().pack()
    with transaction(pool) as cursor:
        history.keep_twin(cursor, number, content, state.facts(), job_id=task.job)
