"""`surgery`: all arrangements of small windows around break points."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from permq.jobs import search_kind as shared
from permq.jobs.beginning import Beginning
from permq.jobs.parameters import Parameter, Params
from permq.jobs.places import read_places
from permq.jobs.search_kind import Run, StandingKind
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.problem import Problem, Report
    from permq.search.surgery import SurgerySettings, SurgeryState

TRIALS = Parameter(
    "trials", int, 2000, "Arrangements of a window, at most; a sample where there are more.", low=1
)


class Surgery(StandingKind["SurgeryState"]):
    """Try all arrangements of small windows, the most suspicious places first."""

    name = "surgery"
    summary = "all arrangements of small windows, around break points first"
    parameters = (
        shared.FROM,
        shared.PAIRS,
        shared.rows(256),
        shared.steps(2000, "Windows to try, at most."),
        Parameter(
            "size", int, 5, "Positions of the largest windows; smaller first.", low=2, high=20
        ),
        Parameter("repair", bool, True, "Try re-pairings inside windows once no order improves."),
        TRIALS,
        shared.LOCK,
    )
    counts = ("step", "tried")

    def total(self, params: Params, blocks: int) -> int | None:
        """Windows."""
        return int(params["steps"] or 0)

    def settings(self, task: Task) -> "SurgerySettings":
        """Settings of the search that the parameters describe."""
        from permq.search.surgery import SurgerySettings

        return SurgerySettings(**{n: task.params[n] for n in ("steps", "size", "repair", "trials")})

    def start(self, task: Task, begin: Beginning) -> "SurgeryState":
        """State before the first window."""
        from permq.search.surgery import start

        locked = read_places(task.params["lock"])
        where = (begin.problem, begin.inp, begin.out)
        return start(*where, self.settings(task), task.seed, locked=locked)

    def proceed(
        self,
        run: "Run[SurgeryState]",
        units: int | None,
        report: "Report",
        stop: Callable[[], bool],
    ) -> "SurgeryState":
        """A unit is one window."""
        from permq.search.surgery import advance

        most = run.state.settings.steps if units is None else units
        return advance(run.problem, run.state, most, report=report, stop=stop)

    def restore(
        self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any
    ) -> "SurgeryState":
        """Turn saved data back."""
        from permq.search.standing import Standing
        from permq.search.surgery import SurgeryState

        standing = Standing.restore(problem, data["standing"])
        locked = read_places(task.params["lock"])
        return SurgeryState(self.settings(task), locked, standing, **self.counted(data))

    def facts(self, run: "Run[SurgeryState]") -> dict[str, Any]:
        """Windows tried."""
        return {"steps": run.state.step}
