"""`anneal`: simulated annealing of an arrangement."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from permq.errors import OptionError
from permq.jobs import search_kind as shared
from permq.jobs.beginning import Beginning
from permq.jobs.parameters import Parameter, Params, unknown
from permq.jobs.places import read_weights
from permq.jobs.search_kind import Run, SearchKind, finite
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.annealing_settings import AnnealSettings
    from permq.search.annealing_state import AnnealState
    from permq.search.problem import Problem, Report, Result

_MOVES = (
    "swap", "insertion", "reversal", "segment", "rotation", "input-swap", "output-swap"
)  # fmt: skip


def check_moves(text: str) -> str:
    """Check weights of moves.

    Raises
    ------
    OptionError, ValueError
        When a move is unknown, a weight negative, or none above 0.
    """
    weights = read_weights(text)
    for name in weights:
        if name not in _MOVES:
            raise unknown("move", name, _MOVES)
    if not all(0 <= weight < float("inf") for weight in weights.values()) or not any(
        weights.values()
    ):
        raise OptionError("weights must be 0 or more, and one above 0")
    return text


def _share(name: str, what: str) -> Parameter:
    return Parameter(name, float, None, what, above=0, high=1)


PARAMETERS = (
    shared.FROM,
    shared.PAIRS,
    shared.rows(256),
    shared.steps(20_000, "Proposals to make."),
    Parameter(
        "moves",
        str,
        None,
        f"Weight of every move, such as swap:1,insertion:2; there are {', '.join(_MOVES)}.",
        check=check_moves,
    ),
    Parameter("joint", bool, False, "Search pairs and order together: re-pair too, cool slowly."),
    Parameter(
        "accept",
        str,
        None,
        "Acceptance criterion.",
        choices=("metropolis", "greedy", "threshold", "record"),
    ),
    Parameter("schedule", str, None, "Cooling schedule.", choices=("geometric", "adaptive")),
    Parameter("hot", float, None, "First temperature, in units of the cost.", low=0),
    Parameter("cold", float, None, "Last temperature, in units of the cost.", low=0),
    _share("heat", "First temperature, as a share of the start's cost."),
    _share("cooling", "Last temperature, as a share of the first."),
    _share("far", "Reach of moves when hot, as a share of the positions."),
    _share("near", "Reach of moves when cold, as a share of the positions."),
    Parameter("patience", int, None, "Reheat after so many steps without a new best.", low=0),
    _share("reheat", "Share of the cooling that a reheating takes back."),
    Parameter(
        "perturbation",
        int,
        None,
        "Random swaps of blocks before the start; by default what is drawn with an elite.",
        low=0,
        high=10_000,
    ),
)

# handed to the settings as they are, where they are given
_PLAIN = (
    "accept", "schedule", "hot", "cold", "heat", "cooling", "far", "near", "patience", "reheat"
)  # fmt: skip


class Anneal(SearchKind["AnnealState"]):
    """Make random moves, accept worse ones while hot, cool down; see `permq.search.annealing`."""

    name = "anneal"
    summary = "simulated annealing of an arrangement"
    parameters: ClassVar[tuple[Parameter, ...]] = PARAMETERS
    needs_start = False
    order = None

    def total(self, params: Params, blocks: int) -> int | None:
        """Proposals."""
        return int(params["steps"] or 0)

    def check(self, params: Params, blocks: int | None = None) -> None:
        """Complain about a cold temperature above the hot one."""
        super().check(params, blocks)
        hot, cold = params["hot"], params["cold"]
        if hot is not None and cold is not None and float(cold) > float(hot):
            raise OptionError(f"cold={cold} must not be above hot={hot}")

    def settings(self, task: Task) -> "AnnealSettings":
        """Settings of the search that the parameters describe."""
        from dataclasses import replace

        from permq.search.annealing_settings import AnnealSettings

        params = task.params
        chosen = {name: params[name] for name in _PLAIN if params[name] is not None}
        moves = self.moves(task)
        if moves is not None:
            chosen["moves"] = read_weights(moves)
        # only an elite is disturbed: other starts differ from job to job anyhow
        drawn = task.perturbation if task.source == "elite" and params["from"] is None else 0
        given = params["perturbation"]
        chosen["perturbation"] = drawn if given is None else given
        made = AnnealSettings.joint if params["joint"] else AnnealSettings
        return replace(made(steps=params["steps"]), **chosen)

    def moves(self, task: Task) -> str | None:
        """Weights of the moves; None for the settings' own."""
        moves: str | None = task.params["moves"]
        return moves

    def held(self, task: Task, begin: Beginning) -> tuple[frozenset[int], frozenset[int]]:
        """Locked positions and anchored input layers (local indices)."""
        return frozenset(), frozenset()

    def start(self, task: Task, begin: Beginning) -> "AnnealState":
        """State before the first proposal."""
        from permq.search import annealing

        locked, anchored = self.held(task, begin)
        return annealing.start(
            begin.problem,
            begin.inp,
            begin.out,
            self.settings(task),
            task.seed,
            locked=locked,
            anchored=anchored,
        )

    def proceed(
        self,
        run: "Run[AnnealState]",
        units: int | None,
        report: "Report",
        stop: Callable[[], bool],
    ) -> "AnnealState":
        """A unit is a window of proposals."""
        from permq.search import annealing

        settings = run.state.settings
        proposals = settings.steps if units is None else units * settings.window
        return annealing.advance(run.problem, run.state, proposals, report=report, stop=stop)

    def save(self, run: "Run[AnnealState]") -> dict[str, Any]:
        """As `permq anneal --checkpoint` does."""
        from permq.search.checkpoint import save

        return save(run.problem, run.state)

    def restore(self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any) -> "AnnealState":
        """As `permq anneal --checkpoint` does."""
        from permq.search.checkpoint import restore

        return restore(problem, data)

    def outcome(self, run: "Run[AnnealState]") -> "Result":
        """The best arrangement so far."""
        return run.state.result()

    def facts(self, run: "Run[AnnealState]") -> dict[str, Any]:
        """Steps made, temperature, and acceptance by move."""
        state = run.state
        return {
            "steps": state.step,
            "temperature": finite(state.temperature),
            "reheated": state.reheated,
            "acceptance": {
                move: state.accepted[move] / count
                for move, count in state.proposed.items()
                if count
            },
        }
