"""`loo`: what every block of an arrangement contributes, and harmful ones put back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from permq.jobs import search_kind as shared
from permq.jobs.beginning import Beginning
from permq.jobs.parameters import Params
from permq.jobs.places import read_places
from permq.jobs.search_kind import Run, StandingKind, finite
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.problem import Problem, Report
    from permq.search.put_back import PutBackState


class Loo(StandingKind["PutBackState"]):
    """Leave every block out in turn and say what that does to the error.

    With steps, blocks are taken out and put where they do best, the most harmful first.
    """

    name = "loo"
    summary = "leave-one-out: what every block contributes where it stands"
    work_class = "light"
    parameters = (
        shared.FROM,
        shared.PAIRS,
        shared.rows(1000),
        shared.steps(0, "Blocks to take out and put where they do best.", low=0),
        shared.LOCK,
    )
    counts = ("step", "passed")
    recompute = False

    def total(self, params: Params, blocks: int) -> int | None:
        """Blocks taken out."""
        return int(params["steps"] or 0)

    def start(self, task: Task, begin: Beginning) -> "PutBackState":
        """State before the first block."""
        from permq.search.put_back import PutBackSettings, start

        settings, locked = PutBackSettings(task.params["steps"]), read_places(task.params["lock"])
        return start(begin.problem, begin.inp, begin.out, settings, task.seed, locked=locked)

    def proceed(
        self,
        run: "Run[PutBackState]",
        units: int | None,
        report: "Report",
        stop: Callable[[], bool],
    ) -> "PutBackState":
        """A unit is one block."""
        from permq.search.put_back import advance

        most = run.state.settings.steps if units is None else units
        return advance(run.problem, run.state, most, report=report, stop=stop)

    def restore(
        self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any
    ) -> "PutBackState":
        """Turn saved data back."""
        from permq.search.put_back import PutBackSettings, PutBackState
        from permq.search.standing import Standing

        standing = Standing.restore(problem, data["standing"])
        settings, locked = PutBackSettings(task.params["steps"]), read_places(task.params["lock"])
        return PutBackState(settings, locked, standing, **self.counted(data))

    def facts(self, run: "Run[PutBackState]") -> dict[str, Any]:
        """Blocks taken out, and what each one contributed to the arrangement it began with."""
        from permq.diagnosis.leave_one_out import leave_one_out

        problem, standing, puzzle = run.problem, run.state.standing, run.puzzle
        inp, out = standing.first_inp, standing.first_out
        found = leave_one_out(problem.network, inp, out, problem.x, problem.pred)
        positions = [
            {
                "position": position,
                "inp": int(puzzle.inp_pieces[inp[position]]),
                "out": int(puzzle.out_pieces[out[position]]),
                "mse": finite(without),
                "change": finite(change),
                "harmful": bool(harmful),
            }
            for position, (without, change, harmful) in enumerate(
                zip(found.without, found.change, found.harmful, strict=True)
            )
        ]
        return {"steps": run.state.step, "positions": positions}
