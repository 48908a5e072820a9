"""`sweep`: all combinations of doubtful exchanges, in parts that run on several nodes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any

from permq.errors import OptionError
from permq.jobs import search_kind as shared
from permq.jobs.beginning import Beginning
from permq.jobs.parameters import Parameter, Params, Value, unknown
from permq.jobs.places import read_exchanges, read_places, usual_places
from permq.jobs.search_kind import Run, SearchKind
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.enumeration import EnumerationState
    from permq.search.problem import Problem, Report, Result
    from permq.search.sweep import SweepSettings

COST = "cost"


def check_doubt(text: str) -> str:
    """Check what finds doubtful exchanges.

    Raises
    ------
    OptionError
        When it is neither `cost` nor a pairing score.
    """
    if text != COST:
        from permq.pairing.registry import SCORES

        if text not in SCORES:
            raise unknown("doubt", text, (COST, *SCORES))
    return text


def check_exchange(text: str) -> str:
    """Check exchanges; a ValueError says what is wrong."""
    found = sorted((min(pair), max(pair)) for pair in read_exchanges(text))
    positions = [position for pair in found for position in pair]
    if len(set(positions)) < len(positions):
        raise ValueError("a position stands twice in the exchanges")
    if len(found) > 40:
        raise ValueError(f"at most 40 exchanges can be combined, not {len(found)}")
    return ",".join(f"{i}-{j}" for i, j in found)


@dataclass(frozen=True, eq=False)
class Sweeping:
    """A part of a sweep under way."""

    settings: "SweepSettings"
    state: "EnumerationState"

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.state.over


class Sweep(SearchKind[Sweeping]):
    """Try all 2^K combinations of K doubtful exchanges; one submission becomes a job per part."""

    name = "sweep"
    one_start = True
    summary = "all combinations of doubtful exchanges, split over the fleet"
    parameters = (
        shared.FROM,
        shared.PAIRS,
        shared.rows(256),
        shared.steps(None, "Combinations of a part to try, at most; all by default."),
        Parameter(
            "count",
            int,
            10,
            "Doubtful exchanges to find; all 2^K combinations of them are tried.",
            low=0,
            high=40,
        ),
        Parameter(
            "doubt",
            str,
            COST,
            "What finds them: the cost of each exchange, or a pairing score that minds it least.",
            check=check_doubt,
        ),
        Parameter(
            "positions",
            str,
            "",
            "Find them among these positions only, such as 12-19,22.",
            check=usual_places,
        ),
        Parameter(
            "exchange",
            str,
            "",
            "Exchanges such as 3-9,12-40; none are looked for then.",
            check=check_exchange,
        ),
        Parameter(
            "layers",
            str,
            "output",
            "What is exchanged: one kind of layer, which re-pairs, or whole blocks.",
            choices=("output", "input", "both"),
        ),
        Parameter("parts", int, 4, "Jobs that share the combinations.", low=1, high=100_000),
        Parameter("part", int, None, "Only this part of them, from 1.", low=1),
        shared.LOCK,
    )

    def check(self, params: Params, blocks: int | None = None) -> None:
        """Complain also about a part or positions that there are not."""
        super().check(params, blocks)
        part, parts = params["part"], params["parts"]
        if part is not None and int(part) > int(parts or 1):
            raise OptionError(f"part={part}: there are {parts} parts")
        named = read_exchanges(str(params["exchange"]))
        locked = read_places(str(params["lock"]))
        for pair in named:
            if blocks is not None and max(pair) >= blocks:
                raise OptionError(f"exchange: positions run from 0 to {blocks - 1}")
            if not locked.isdisjoint(pair):
                raise OptionError(f"exchange: {pair[0]}-{pair[1]} touches a locked position")

    def total(self, params: Params, blocks: int) -> int | None:
        """Combinations of this part, or of all where no part is named."""
        named = read_exchanges(str(params["exchange"]))
        count: int = (1 << len(named)) if named else (1 << int(params["count"] or 0))
        part, parts = params["part"], int(params["parts"] or 1)
        if part is not None:
            count = count * int(part) // parts - count * (int(part) - 1) // parts
        return count if params["steps"] is None else min(count, int(params["steps"]))

    def expand(self, params: Params) -> list[dict[str, Value]]:
        """One job for every part."""
        if params["part"] is not None:
            return [dict(params)]
        return [{**params, "part": part} for part in range(1, int(params["parts"] or 1) + 1)]

    def settings(self, params: Params, exchanges: tuple[tuple[int, int], ...]) -> "SweepSettings":
        """Settings of the search that the parameters describe."""
        from permq.search.sweep import SweepSettings

        values: dict[str, Any] = {name: params[name] for name in ("layers", "steps")}
        part, parts = (1, 1) if params["part"] is None else (params["part"], params["parts"])
        return SweepSettings(exchanges, part=part, parts=parts, **values)  # type: ignore[arg-type]

    def start(self, task: Task, begin: Beginning) -> Sweeping:
        """State before the first batch; doubtful exchanges are found here, once."""
        from permq.search import enumeration

        locked, blocks = read_places(task.params["lock"]), begin.puzzle.blocks
        exchanges = read_exchanges(task.params["exchange"])
        if not exchanges:
            everywhere = frozenset(range(blocks))
            among = read_places(task.params["positions"]) or everywhere
            exchanges = doubtful(task.params, begin, locked | (everywhere - among))
        settings = self.settings(task.params, exchanges)
        settings.check(blocks, locked)
        state = enumeration.start(begin.problem, begin.inp, begin.out, task.seed)
        return Sweeping(settings, state)

    def proceed(
        self, run: Run[Sweeping], units: int | None, report: "Report", stop: Callable[[], bool]
    ) -> Sweeping:
        """A unit is some thousand combinations."""
        from permq.search import enumeration
        from permq.search.sweep import NOTE

        settings, state = run.state.settings, run.state.state
        batches = inf if units is None else units
        state = enumeration.advance(
            run.problem, state, settings, batches, note=NOTE, report=report, stop=stop
        )
        return replace(run.state, state=state)

    def save(self, run: Run[Sweeping]) -> dict[str, Any]:
        """Save the exchanges and how many combinations were tried."""
        exchanges = [list(pair) for pair in run.state.settings.exchanges]
        return {"exchanges": exchanges, **run.state.state.save()}

    def restore(self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any) -> Sweeping:
        """Turn saved data back."""
        from permq.search.checkpoint_fields import count
        from permq.search.enumeration import EnumerationState

        exchanges = tuple((count(i), count(j)) for i, j in data["exchanges"])
        settings = self.settings(task.params, exchanges)
        settings.check(problem.blocks)
        return Sweeping(settings, EnumerationState.restore(problem, data, settings))

    def outcome(self, run: Run[Sweeping]) -> "Result":
        """The best combination so far."""
        from permq.search.enumeration import best_of

        return best_of(run.state.state, run.state.settings).result(run.problem)

    def facts(self, run: Run[Sweeping]) -> dict[str, Any]:
        """Combinations tried, the exchanges, and which part it was."""
        settings = run.state.settings
        return {
            "steps": run.state.state.tried,
            "exchanges": [list(pair) for pair in settings.exchanges],
            "part": f"{settings.part}/{settings.parts}",
        }


def doubtful(
    params: Params, begin: Beginning, locked: frozenset[int]
) -> tuple[tuple[int, int], ...]:
    """Find doubtful exchanges by cost or by a pairing score."""
    from permq.pairing.registry import SCORES
    from permq.search.doubtful import doubtful_by_cost, doubtful_by_score

    count, layers = int(params["count"] or 0), params["layers"]
    if params["doubt"] == COST:
        return doubtful_by_cost(
            begin.problem,
            begin.inp,
            begin.out,
            count,
            layers=layers,  # type: ignore[arg-type]
            locked=locked,
        )
    cost = SCORES[str(params["doubt"])].cost(begin.puzzle)
    return doubtful_by_score(cost, begin.inp, begin.out, count, locked=locked)
