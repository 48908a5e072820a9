"""`zone`: search uncertain positions only."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any

from permq.errors import OptionError
from permq.jobs import search_kind as shared
from permq.jobs.beginning import Beginning
from permq.jobs.others import agreement_of
from permq.jobs.parameters import Parameter, Params
from permq.jobs.places import read_places, usual_places
from permq.jobs.search_kind import Run, SearchKind
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.annealing_state import AnnealState
    from permq.search.enumeration import EnumerationState
    from permq.search.problem import Problem, Report, Result
    from permq.search.zone import ZonePlan


@dataclass(frozen=True, eq=False)
class Zoning:
    """The search of a zone under way, by enumeration or by annealing."""

    positions: tuple[int, ...]
    plan: "ZonePlan"
    state: "EnumerationState | AnnealState"

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.state.finished


class Zone(SearchKind[Zoning]):
    """Search the uncertain positions with all others locked and all pairs kept.

    Uncertain are the positions given, or those on which the pool's solutions that were drawn with
    the start disagree.
    """

    name = "zone"
    summary = "search uncertain positions only, with all others locked"
    parameters = (
        shared.FROM,
        shared.PAIRS,
        shared.rows(256),
        shared.steps(20_000, "Steps of the annealing of a large zone."),
        Parameter(
            "positions",
            str,
            "",
            "The zone itself, such as 12-19,22; by default where solutions of the pool disagree.",
            check=usual_places,
        ),
        Parameter(
            "below",
            float,
            0.8,
            "Positions are uncertain where fewer of the solutions agree.",
            low=0,
            high=1,
        ),
        Parameter(
            "trials",
            int,
            50_000,
            "Orders up to which all are tried; a zone with more is annealed.",
            low=0,
        ),
        shared.LOCK,
    )

    def positions(self, task: Task, puzzle: "Puzzle") -> tuple[int, ...]:
        """The zone.

        Raises
        ------
        OptionError
            When none is given and the pool has not two solutions to compare.
        """
        given = read_places(task.params["positions"])
        if given:
            return tuple(sorted(given))
        shares = agreement_of(task, puzzle)
        if shares is None:
            raise OptionError(
                "zone needs positions, or two solutions in the pool that may disagree"
            )
        return tuple(at for at, share in enumerate(shares) if share < task.params["below"])

    def plan(self, params: Params, positions: tuple[int, ...], blocks: int) -> "ZonePlan":
        """How the zone is searched."""
        from permq.search.zone import ZoneSettings

        values: dict[str, Any] = {name: params[name] for name in ("trials", "steps")}
        settings = ZoneSettings(positions, **values)
        return settings.plan(blocks, read_places(str(params["lock"])))

    def start(self, task: Task, begin: Beginning) -> Zoning:
        """State before the first order."""
        from permq.search import annealing, enumeration

        positions = self.positions(task, begin.puzzle)
        plan = self.plan(task.params, positions, begin.puzzle.blocks)
        where = (begin.problem, begin.inp, begin.out)
        state: EnumerationState | AnnealState
        if plan.orders is not None:
            state = enumeration.start(*where, task.seed)
        else:
            state = annealing.start(*where, plan.annealing, task.seed, locked=plan.outside)
        return Zoning(positions, plan, state)

    def proceed(
        self, run: Run[Zoning], units: int | None, report: "Report", stop: Callable[[], bool]
    ) -> Zoning:
        """A unit is some thousand orders, or a window of proposals."""
        from permq.search import annealing, enumeration
        from permq.search.enumeration import EnumerationState
        from permq.search.zone import NOTE

        plan, state = run.state.plan, run.state.state
        if isinstance(state, EnumerationState):
            if plan.orders is None:
                raise TypeError("orders are wanted to enumerate them")
            batches = inf if units is None else units
            state = enumeration.advance(
                run.problem, state, plan.orders, batches, note=NOTE, report=report, stop=stop
            )
        else:
            settings = state.settings
            proposals = settings.steps if units is None else units * settings.window
            state = annealing.advance(run.problem, state, proposals, report=report, stop=stop)
        return replace(run.state, state=state)

    def save(self, run: Run[Zoning]) -> dict[str, Any]:
        """Save the zone and the search of it."""
        from permq.search.checkpoint import save
        from permq.search.enumeration import EnumerationState

        state = run.state.state
        enumerated = isinstance(state, EnumerationState)
        saved = state.save() if isinstance(state, EnumerationState) else save(run.problem, state)
        positions = list(run.state.positions)
        return {"positions": positions, "enumerated": enumerated, "state": saved}

    def restore(self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any) -> Zoning:
        """Turn saved data back."""
        from permq.search.checkpoint import restore
        from permq.search.checkpoint_fields import places, switch
        from permq.search.enumeration import EnumerationState

        positions = tuple(sorted(places(data["positions"], problem.blocks)))
        plan = self.plan(task.params, positions, problem.blocks)
        if switch(data["enumerated"]) != (plan.orders is not None):
            raise ValueError("its zone is searched in another way")
        if plan.orders is not None:
            state = EnumerationState.restore(problem, data["state"], plan.orders)
            return Zoning(positions, plan, state)
        return Zoning(positions, plan, restore(problem, data["state"]))

    def outcome(self, run: Run[Zoning]) -> "Result":
        """The best order so far."""
        from permq.search.enumeration import EnumerationState, best_of

        plan, state = run.state.plan, run.state.state
        if isinstance(state, EnumerationState) and plan.orders is not None:
            return best_of(state, plan.orders).result(run.problem)
        if isinstance(state, EnumerationState):
            raise TypeError("orders are wanted to enumerate them")
        return state.result()

    def facts(self, run: Run[Zoning]) -> dict[str, Any]:
        """The zone."""
        return {"positions": list(run.state.positions)}
