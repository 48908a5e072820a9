"""What all kinds that search for an arrangement have in common."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from permq.errors import AnswerError, CheckpointError, OptionError
from permq.jobs.beginning import Beginning, beginning, check_order, check_pairs, whole
from permq.jobs.kind import Kind
from permq.jobs.parameters import Parameter, Params
from permq.jobs.places import read_places, usual_places
from permq.jobs.sealed import seal, unseal
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.problem import Problem, Report, Result
    from permq.search.problem import Progress as Told
    from permq.search.standing import Standing

PAIRS = Parameter(
    "pairs",
    str,
    None,
    "Pairing method; the ensemble where no arrangement is handed down, which brings its own pairs.",
    check=check_pairs,
)
FROM = Parameter(
    "from",
    str,
    None,
    "Start: random, or an order's seed (plain, NAME:reversed or NAME:best); by default what is "
    "handed down, drawn from the pool, or this kind's usual seed.",
    check=check_order,
)
LOCK = Parameter("lock", str, "", "Positions whose blocks stay, such as 0-3,7.", check=usual_places)


def rows(default: int | None) -> Parameter:
    """Make the parameter `rows`."""
    return Parameter("rows", int, default, "Rows of the data that the search works on.", low=1)


def steps(default: int | None, what: str, low: int = 1) -> Parameter:
    """Make the parameter `steps`; `what` says what a step is."""
    return Parameter("steps", int, default, what, low=low, high=10**12)


class Searching(Protocol):
    """A state of a search, as `permq.search` makes them."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        ...


S = TypeVar("S", bound=Searching)


@dataclass(eq=False)
class Run(Generic[S]):
    """A search under way.

    Parameters
    ----------
    puzzle, problem
        In the roles it is searched in, and the rows it is searched on.
    state
        Where the search stands.
    told
        Cost of the best arrangement handed out so far; inf for none.
    """

    puzzle: "Puzzle"
    problem: "Problem"
    state: S
    told: float = inf


class SearchKind(Kind[Run[S]], Generic[S]):
    """A kind that improves an arrangement.

    Attributes
    ----------
    order
        Seed of the order to begin with where nothing is handed down; None follows the pool's draw.
    """

    needs_start = True
    order: ClassVar[str | None] = "greedy-by-state"

    @abstractmethod
    def start(self, task: Task, begin: Beginning) -> S:
        """State of the search before its first unit of work."""

    @abstractmethod
    def proceed(
        self,
        run: Run[S],
        units: int | None,
        report: "Report",
        stop: Callable[[], bool],
    ) -> S:
        """State after so many units more at most; what the stop cuts short is left out."""

    @abstractmethod
    def save(self, run: Run[S]) -> dict[str, Any]:
        """Turn the state into what JSON can hold."""

    @abstractmethod
    def restore(self, task: Task, puzzle: "Puzzle", problem: "Problem", data: Any) -> S:
        """Turn it back.

        Raises
        ------
        CheckpointError, KeyError, TypeError, ValueError
            When it is damaged.
        """

    @abstractmethod
    def outcome(self, run: Run[S]) -> "Result":
        """The best arrangement so far."""

    def facts(self, run: Run[S]) -> dict[str, Any]:
        """More to tell of the result than what every search does."""
        return {}

    def method(self, run: Run[S]) -> str:
        """What a find is said to be found by."""
        return self.name

    def check(self, params: Params, blocks: int | None = None) -> None:
        """Complain about positions that the puzzle does not have."""
        for name in ("lock", "positions"):
            if name in params:
                check_positions(name, str(params[name]), blocks)

    def begin(self, task: Task) -> Run[S]:
        """Find the start and make the search's first state."""
        begin = beginning(task, self.order)
        self.check(task.params, begin.puzzle.blocks)
        return Run(begin.puzzle, begin.problem, self.start(task, begin))

    def advance(self, task: Task, state: Run[S]) -> bool:
        """Search on; one unit is done though the slice be over."""
        report = reporter(task)
        if not state.state.finished:
            state.state = self.proceed(state, 1, report, task.leave)
        if not state.state.finished and not task.stop():
            state.state = self.proceed(state, None, report, task.stop)
        best = self.outcome(state)
        if best.mse < state.told or state.state.finished:
            state.told = min(best.mse, state.told)
            task.found(state.puzzle.arrangement(best.inp, best.out), self.method(state))
        return bool(state.state.finished)

    def dump(self, task: Task, state: Run[S]) -> bytes:
        """Pack the state of the search, and the roles where layers are square."""
        square = state.puzzle.square
        body = {
            "inputs": [int(piece) for piece in state.puzzle.inp_pieces] if square else None,
            "told": state.told if isfinite(state.told) else None,
            "search": self.save(state),
        }
        return seal(self.name, state.puzzle.fingerprint, body)

    def load(self, task: Task, data: bytes) -> Run[S]:
        """Unpack and check it."""
        from permq.search.checkpoint_fields import cost
        from permq.search.problem import Problem

        puzzle = whole(task)
        body = unseal(self.name, puzzle.fingerprint, data)
        try:
            if body["inputs"] is not None:
                puzzle = puzzle.with_roles(body["inputs"])
            told = cost(body["told"])
            problem = Problem.of(puzzle, task.params["rows"])
            search = self.restore(task, puzzle, problem, body["search"])
        except KeyError as error:
            raise CheckpointError(f"the checkpoint is damaged: {error} is missing") from None
        except (TypeError, ValueError, AnswerError, OptionError) as error:
            raise CheckpointError(f"the checkpoint is damaged: {error}") from None
        return Run(puzzle, problem, search, told)

    def result(self, task: Task, state: Run[S]) -> dict[str, Any]:
        """The answer, its cost on the rows searched, and how it was found."""
        best = self.outcome(state)
        return {
            "answer": state.puzzle.arrangement(best.inp, best.out).text,
            "mse": finite(best.mse),
            "start_mse": finite(best.start_mse),
            "rows": len(state.problem.x),
            "evaluations": int(best.evaluations),
            "accepted": int(best.accepted),
            **self.facts(state),
        }


class Windowed(Searching, Protocol):
    """A state of a search that stands at one arrangement."""

    @property
    def standing(self) -> "Standing":
        """Where it stands."""
        ...


W = TypeVar("W", bound=Windowed)


class StandingKind(SearchKind[W], Generic[W]):
    """A kind whose search stands at one arrangement, and counts what it tried around it.

    Attributes
    ----------
    counts, switches
        Fields of the state beside its standing: whole numbers, and true or false.
    recompute
        Whether the result's cost is computed anew from the start.
    """

    counts: ClassVar[tuple[str, ...]] = ()
    switches: ClassVar[tuple[str, ...]] = ("over",)
    recompute: ClassVar[bool] = True

    def save(self, run: Run[W]) -> dict[str, Any]:
        """Save the standing and what was counted."""
        fields = (*self.counts, *self.switches)
        counted = {name: getattr(run.state, name) for name in fields}
        return {"standing": run.state.standing.save(), **counted}

    def counted(self, data: Any) -> dict[str, Any]:
        """Check what was counted when it comes back; see `restore` for the errors."""
        from permq.search.checkpoint_fields import count, switch

        return {
            **{name: count(data[name]) for name in self.counts},
            **{name: switch(data[name]) for name in self.switches},
        }

    def outcome(self, run: Run[W]) -> "Result":
        """Where the search stands."""
        return run.state.standing.result(run.problem if self.recompute else None)


def reporter(task: Task) -> "Report":
    """Hand a search's reports to the task; rounds that begin anew count on as evaluations."""

    def report(told: "Told") -> None:
        task.report(
            int(told.evaluations or told.step), float(told.current), float(told.best), told.note
        )

    return report


def finite(value: float) -> float | None:
    """A number as JSON can hold it: infinities and NaN become None."""
    return float(value) if isfinite(value) else None


def check_positions(name: str, text: str, blocks: int | None) -> None:
    """Complain about positions beyond the last.

    Raises
    ------
    OptionError
        With the parameter's name.
    """
    if blocks is not None and any(place >= blocks for place in read_places(text)):
        raise OptionError(f"{name}={text}: positions run from 0 to {blocks - 1}")
