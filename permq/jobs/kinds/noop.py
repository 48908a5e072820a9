"""`noop`: a job that does nothing, to measure and test what carries jobs."""

from typing import Any

from permq.errors import CheckpointError
from permq.jobs.kind import Kind
from permq.jobs.parameters import Parameter, Params
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task


class Noop(Kind[list[int]]):
    """Count to the number of steps."""

    name = "noop"
    summary = "nothing: to measure and test what carries jobs"
    work_class = "light"
    parameters = (Parameter("steps", int, 1, "Steps to count.", low=0, high=10**9),)
    needs_puzzle = False
    brief = True

    def total(self, params: Params, blocks: int) -> int | None:
        """Steps to count."""
        return int(params["steps"] or 0)

    def begin(self, task: Task) -> list[int]:
        """Nothing counted."""
        return [0]

    def advance(self, task: Task, state: list[int]) -> bool:
        """Count on."""
        while state[0] < task.params["steps"]:
            state[0] += 1
            task.report(state[0], 0.0, 0.0, "counting")
            if task.stop():
                break
        return bool(state[0] >= task.params["steps"])

    def dump(self, task: Task, state: list[int]) -> bytes:
        """Pack the count."""
        return seal(self.name, "", {"counted": state[0]})

    def load(self, task: Task, data: bytes) -> list[int]:
        """Unpack the count."""
        counted = unseal(self.name, "", data).get("counted")
        if type(counted) is not int or not 0 <= counted <= task.params["steps"]:
            raise CheckpointError(f"the checkpoint is damaged: {counted!r} is no count")
        return [counted]

    def result(self, task: Task, state: list[int]) -> dict[str, Any]:
        """The count."""
        return {"counted": state[0]}
