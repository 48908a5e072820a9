"""What `cascade` and `rotate` have in common: exchanges of a neighbourhood until none improves."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from permq.jobs.beginning import Beginning
from permq.jobs.parameters import Parameter, Params
from permq.jobs.places import read_places
from permq.jobs.search_kind import Run, SearchKind
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Indices, Puzzle
    from permq.search.descent import DescentState
    from permq.search.exchange import Exchanges
    from permq.search.problem import Problem, Report, Result

LAYERS = Parameter(
    "layers",
    str,
    "both",
    "What changes places: whole blocks, or one kind of layer, which re-pairs.",
    choices=("both", "input", "output"),
)


@dataclass(frozen=True, eq=False)
class Descending:
    """A descent and the neighbourhood it descends in."""

    state: "DescentState"
    exchanges: "Exchanges"
    rounds: int

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.state.over


class Descent(SearchKind[Descending]):
    """Evaluate all exchanges, make those that improve and do not overlap, until none does."""

    @abstractmethod
    def exchanges(self, params: Params, free: "Indices") -> "Exchanges":
        """The neighbourhood."""

    def _around(self, task: Task, blocks: int, state: "DescentState") -> Descending:
        from permq.search.windows import free_positions

        free = free_positions(blocks, read_places(task.params["lock"]))
        return Descending(state, self.exchanges(task.params, free), task.params["steps"])

    def start(self, task: Task, begin: Beginning) -> Descending:
        """State before the first round."""
        from permq.search.descent import DescentState
        from permq.search.standing import Standing

        standing = Standing.of(begin.problem, begin.inp, begin.out, task.seed)
        return self._around(task, begin.puzzle.blocks, DescentState(standing))

    def proceed(
        self, run: Run[Descending], units: int | None, report: "Report", stop: Callable[[], bool]
    ) -> Descending:
        """A unit is some thousand exchanges together, or a hundred one by one."""
        from dataclasses import replace
        from math import inf

        from permq.search.descent import advance

        descending = run.state
        state = advance(
            run.problem,
            descending.state,
            descending.exchanges,
            descending.rounds,
            inf if units is None else units,
            report=report,
            stop=stop,
        )
        return replace(descending, state=state)

    def save(self, run: Run[Descending]) -> dict[str, Any]:
        """Save the standing and how far the round is."""
        state = run.state.state
        return {
            "standing": state.standing.save(),
            "number": state.number,
            "looked": state.looked,
            "costs": [list(item) for item in state.costs.items()],
            "placed": state.placed,
            "touched": sorted(state.touched),
            "over": state.over,
        }

    def restore(self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any) -> Descending:
        """Turn saved data back."""
        from permq.search.checkpoint_fields import cost, count, places, switch
        from permq.search.descent import DescentState
        from permq.search.standing import Standing

        state = DescentState(
            standing=Standing.restore(problem, data["standing"]),
            number=count(data["number"]),
            looked=count(data["looked"]),
            costs={count(number): cost(mse) for number, mse in data["costs"]},
            placed=count(data["placed"]),
            touched=places(data["touched"], problem.blocks),
            over=switch(data["over"]),
        )
        descending = self._around(task, problem.blocks, state)
        if any(number >= len(descending.exchanges) for number in state.costs):
            raise ValueError("costs of exchanges that there are not")
        return descending

    def outcome(self, run: Run[Descending]) -> "Result":
        """Where the descent stands, with the best exchange found so far made."""
        from permq.search.descent import best_of

        return best_of(run.state.state, run.state.exchanges).result(run.problem)

    def facts(self, run: Run[Descending]) -> dict[str, Any]:
        """Rounds run."""
        return {"rounds": run.state.state.number - run.state.state.over}
