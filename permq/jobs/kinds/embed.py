"""`embed`: the states that the pool's best gives the probe rows on their way through it."""

from typing import Any

from permq.errors import MissingDataError
from permq.jobs.beginning import whole
from permq.jobs.kind import IDLE, Kind
from permq.jobs.kinds.history import pool_of, puzzle_row
from permq.jobs.parameters import Parameter
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task


class Embed(Kind[dict[str, Any]]):
    """One embedding of one solution, written at once; one that is there is not made again."""

    name = "embed"
    summary = "hidden states of the probe rows under the pool's best, for the map of them"
    work_class = "light"
    priority = IDLE
    parameters = (
        Parameter("depths", int, 5, "Depths whose states are kept.", low=2, high=1000),
        Parameter("solution", int, None, "Number of the solution; the pool's best.", low=1),
    )
    needs_pool = True
    prefers_gpu = True
    brief = True
    repeatable = False

    def begin(self, task: Task) -> dict[str, Any]:
        """Nothing made yet."""
        return {}

    def advance(self, task: Task, state: dict[str, Any]) -> bool:
        """Run the probe rows through the network."""
        from permq.history.embedding import States, depths_of, states_on_gpu, states_on_processor
        from permq.history.taking import probe
        from permq.pool import history, solutions
        from permq.pool.connection import transaction

        puzzle, pool = whole(task), pool_of(task)
        number, chosen = puzzle_row(pool, puzzle), task.params["solution"]
        with transaction(pool) as cursor:
            if chosen is None:
                row = solutions.best(cursor, number)
            else:
                row = solutions.find_solution(cursor, number, str(chosen))
            known = row is not None and history.embedded(cursor, row.id)
        if row is None:
            raise MissingDataError("the pool has no solution of this puzzle yet")
        state |= {"solution": row.id, "cost": row.cost, "known": known}
        if known:
            return True
        puzzle = puzzle.for_answer(row.arrangement)
        rows = probe(pool, number, puzzle)
        inp, out = puzzle.indices(row.arrangement)
        device = _device()
        compute = states_on_processor if device == "processor" else states_on_gpu
        states = compute(puzzle, inp, out, puzzle.x[rows.rows])
        depths = depths_of(puzzle.blocks, task.params["depths"])
        content = States(depths, rows.strata, states[depths]).pack()
        with transaction(pool) as cursor:
            history.keep_embedding(cursor, number, row.id, content, job_id=task.job, device=device)
        state |= {"device": device, "rows": len(rows.rows), "depths": depths.tolist()}
        return True

    def dump(self, task: Task, state: dict[str, Any]) -> bytes:
        """Pack what was made."""
        return seal(self.name, whole(task).fingerprint, state)

    def load(self, task: Task, data: bytes) -> dict[str, Any]:
        """Unpack it."""
        return unseal(self.name, whole(task).fingerprint, data)

    def result(self, task: Task, state: dict[str, Any]) -> dict[str, Any]:
        """The solution, its cost, and where it was computed."""
        return state


def _device() -> str:
    """Name of the GPU where torch can use one, else `processor`."""
    from permq.fleet.chipset import detect

    name = detect().gpu
    if name is None:  # and torch, which takes long to load, need not be asked
        return "processor"
    from permq.history.embedding import has_gpu

    return name if has_gpu() else "processor"
