"""`lns`: large neighbourhood search."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from permq.jobs import search_kind as shared
from permq.jobs.beginning import Beginning
from permq.jobs.kinds.surgery import TRIALS
from permq.jobs.others import agreement_of
from permq.jobs.parameters import Parameter, Params
from permq.jobs.places import read_places
from permq.jobs.search_kind import Run, StandingKind
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.neighbourhood import NeighbourhoodSettings, NeighbourhoodState
    from permq.search.problem import Problem, Report


class Lns(StandingKind["NeighbourhoodState"]):
    """Free a few positions, keep the best order of what stands there, and again.

    Good solutions of the pool that were drawn with the start weigh the positions by how much they
    disagree there.
    """

    name = "lns"
    summary = "large neighbourhood search: free a few positions, try all their orders"
    parameters = (
        shared.FROM,
        shared.PAIRS,
        shared.rows(256),
        shared.steps(500, "Neighbourhoods to try."),
        Parameter("size", int, 5, "Positions freed at a time.", low=2, high=20),
        Parameter(
            "choose",
            str,
            "mixed",
            "Which positions: weighted by the disagreement of the pool, harmful around blocks "
            "without which the cost is low, mixed in turn.",
            choices=("mixed", "random", "adjacent", "weighted", "harmful"),
        ),
        Parameter("repair", bool, False, "Let output layers change their blocks too."),
        TRIALS,
        shared.LOCK,
    )
    counts = ("step",)

    def total(self, params: Params, blocks: int) -> int | None:
        """Neighbourhoods."""
        return int(params["steps"] or 0)

    def settings(self, task: Task, puzzle: "Puzzle") -> "NeighbourhoodSettings":
        """Settings of the search that the parameters and the pool's solutions describe."""
        from permq.search.neighbourhood import NeighbourhoodSettings

        names = ("steps", "size", "choose", "repair", "trials")
        shares = agreement_of(task, puzzle)
        weights = None if shares is None else tuple(1 - share for share in shares)
        return NeighbourhoodSettings(**{n: task.params[n] for n in names}, weights=weights)

    def start(self, task: Task, begin: Beginning) -> "NeighbourhoodState":
        """State before the first neighbourhood."""
        from permq.search.neighbourhood import start

        settings, locked = self.settings(task, begin.puzzle), read_places(task.params["lock"])
        return start(begin.problem, begin.inp, begin.out, settings, task.seed, locked=locked)

    def proceed(
        self,
        run: "Run[NeighbourhoodState]",
        units: int | None,
        report: "Report",
        stop: Callable[[], bool],
    ) -> "NeighbourhoodState":
        """A unit is one neighbourhood."""
        from permq.search.neighbourhood import advance

        most = run.state.settings.steps if units is None else units
        return advance(run.problem, run.state, most, report=report, stop=stop)

    def save(self, run: "Run[NeighbourhoodState]") -> dict[str, Any]:
        """Save also what was tried since the last improvement."""
        return {**super().save(run), "tried": sorted(map(list, run.state.tried))}

    def restore(
        self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any
    ) -> "NeighbourhoodState":
        """Turn saved data back."""
        from permq.search.checkpoint_fields import places
        from permq.search.neighbourhood import NeighbourhoodState
        from permq.search.standing import Standing

        standing = Standing.restore(problem, data["standing"])
        tried = frozenset(tuple(sorted(places(at, problem.blocks))) for at in data["tried"])
        settings, locked = self.settings(task, puzzle), read_places(task.params["lock"])
        return NeighbourhoodState(settings, locked, standing, tried=tried, **self.counted(data))

    def facts(self, run: "Run[NeighbourhoodState]") -> dict[str, Any]:
        """Neighbourhoods tried."""
        return {"steps": run.state.step}
