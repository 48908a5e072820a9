"""`refine`: descend by the moves that the adjoint ranks best."""

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
    from permq.search.adjoint.refine import RefineSettings, RefineState
    from permq.search.problem import Problem, Report


class Refine(StandingKind["RefineState"]):
    """Rank all moves by a forward and a backward pass, evaluate the best, keep what improves."""

    name = "refine"
    summary = "descend by the moves that the adjoint ranks best"
    parameters = (
        shared.FROM,
        shared.PAIRS,
        shared.rows(256),
        shared.steps(200, "Rounds to run, at most."),
        Parameter("repair", bool, False, "Let layers change their partners too."),
        Parameter("sample", int, 64, "Rows that rank moves.", low=1),
        Parameter("tries", int, 40, "Moves evaluated a round.", low=0),
        Parameter(
            "pairs-of-moves",
            int,
            300,
            "Pairs of moves evaluated when no single one improves; 0 leaves them out.",
            low=0,
        ),
        Parameter("reach", int, None, "Greatest distance of a move's two positions.", low=0),
        shared.LOCK,
    )
    counts = ("round",)
    recompute = False

    def total(self, params: Params, blocks: int) -> int | None:
        """Rounds."""
        return int(params["steps"] or 0)

    def settings(self, task: Task) -> "RefineSettings":
        """Settings of the search that the parameters describe."""
        from permq.search.adjoint.refine import RefineSettings

        return RefineSettings(
            rounds=task.params["steps"],
            pairs=task.params["pairs-of-moves"],
            **{name: task.params[name] for name in ("repair", "sample", "tries", "reach")},
        )

    def start(self, task: Task, begin: Beginning) -> "RefineState":
        """State before the first round."""
        from permq.search.adjoint.refine import start

        locked = read_places(task.params["lock"])
        where = (begin.problem, begin.inp, begin.out)
        return start(*where, self.settings(task), task.seed, locked=locked)

    def proceed(
        self, run: "Run[RefineState]", units: int | None, report: "Report", stop: Callable[[], bool]
    ) -> "RefineState":
        """A unit is one round."""
        from permq.search.adjoint.refine import advance

        most = run.state.settings.rounds if units is None else units
        return advance(run.problem, run.state, most, report=report, stop=stop)

    def restore(self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any) -> "RefineState":
        """Turn saved data back."""
        from permq.search.adjoint.refine import RefineState
        from permq.search.standing import Standing

        standing = Standing.restore(problem, data["standing"])
        locked = read_places(task.params["lock"])
        return RefineState(self.settings(task), locked, standing, **self.counted(data))

    def facts(self, run: "Run[RefineState]") -> dict[str, Any]:
        """Rounds run."""
        return {"steps": run.state.round}
