"""`solve`: from pieces to a verified answer."""

from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

from permq.errors import CheckpointError
from permq.jobs import search_kind as shared
from permq.jobs.beginning import whole
from permq.jobs.kind import Kind
from permq.jobs.parameters import Parameter, Params
from permq.jobs.sealed import seal, unseal
from permq.jobs.search_kind import finite, reporter
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Puzzle
    from permq.search.solve.session import Elite
    from permq.search.solve.settings import SolveSettings
    from permq.search.solve.stepwise import SolveState


@dataclass(eq=False)
class Solving:
    """A solve under way.

    Parameters
    ----------
    puzzle
        What is solved.
    state
        Where it stands.
    told
        The last arrangement handed out, as text; empty for none.
    cut
        The best that a step has found which was cut short; it goes on without it, but where the
        job's time is over it is all there is.
    """

    puzzle: "Puzzle"
    state: "SolveState"
    told: str = ""
    cut: "Elite | None" = None

    @property
    def best(self) -> "Elite | None":
        """The best arrangement known."""
        known = [*self.state.elites[:1], *([self.cut] if self.cut is not None else [])]
        return min(known, key=lambda elite: elite.mse, default=None)


class Solve(Kind[Solving]):
    """The whole solver: the short way where scores are sure, else attempts from many beginnings.

    A unit of work is an attempt. Where the scores are weak and blocks many, one takes up to a
    minute, longer than a slice; it is then ended all the same, unless the task is to be left at
    once: it is made again afterwards, or, where the job's time is over, counts as far as it came.
    """

    name = "solve"
    summary = "the whole solver, from pieces to a verified answer"
    parameters = (
        Parameter("attempts", int, 40, "Beginnings to try, at most.", low=1, high=10**6),
        shared.rows(256),
    )

    def total(self, params: Params, blocks: int) -> int | None:
        """The short way, and attempts."""
        return 1 + int(params["attempts"] or 0)

    def settings(self, task: Task) -> "SolveSettings":
        """Settings of the search that the parameters describe."""
        from permq.search.solve.settings import SolveSettings

        return SolveSettings(attempts=task.params["attempts"], rows=task.params["rows"])

    def begin(self, task: Task) -> Solving:
        """Nothing tried; an arrangement handed down is one of the elites."""
        from permq.search.problem import Problem
        from permq.search.solve.session import Elite
        from permq.search.solve.stepwise import SolveState

        puzzle = whole(task)
        elites: tuple[Elite, ...] = ()
        if task.start is not None:
            roles = puzzle.for_answer(task.start)
            cost = Problem.of(roles).cost(*roles.indices(task.start))
            elites = (Elite(cost, task.start),)
        state = SolveState(self.settings(task), task.seed, elites=elites)
        return Solving(puzzle, state)

    def advance(self, task: Task, state: Solving) -> bool:
        """A unit is the short way, or an attempt."""
        from permq.search.solve.stepwise import advance

        seen: list[Elite] = []
        go_on = partial(advance, state.puzzle, report=reporter(task), seen=seen.append)
        state.state = go_on(state.state, 1, stop=task.leave)
        if not state.state.finished and not task.stop():
            state.state = go_on(state.state, inf, stop=task.stop)
        if state.state.elites:
            best = state.state.elites[0].arrangement
            if best.text != state.told:
                state.told = best.text
                task.found(best, self.name)
        if seen and not state.state.finished:
            state.cut = min(seen, key=lambda elite: elite.mse)
            if state.best is state.cut and task.leave():
                task.found(state.cut.arrangement, self.name)
        return state.state.finished

    def dump(self, task: Task, state: Solving) -> bytes:
        """Pack the elites and how many attempts were made."""
        body = {"told": state.told, "search": state.state.save(state.puzzle)}
        return seal(self.name, state.puzzle.fingerprint, body)

    def load(self, task: Task, data: bytes) -> Solving:
        """Unpack and check them."""
        from permq.search.solve.stepwise import SolveState

        puzzle = whole(task)
        body = unseal(self.name, puzzle.fingerprint, data)
        if not isinstance(body.get("told"), str):
            raise CheckpointError("the checkpoint is damaged: it does not say what was told")
        search = SolveState.restore(puzzle, body.get("search"), self.settings(task), task.seed)
        return Solving(puzzle, search, body["told"])

    def result(self, task: Task, state: Solving) -> dict[str, Any]:
        """The best arrangement, verified over all rows."""
        from permq.core.objective import verify

        search = state.state
        facts: dict[str, Any] = {"steps": search.steps, "evaluations": int(search.evaluations)}
        if state.best is None:
            return {"solved": False, "answer": None, "mse": None, **facts}
        best = state.best.arrangement
        found = verify(state.puzzle, best)
        return {
            "solved": bool(found.solved),
            "equivalent": bool(found.equivalent),
            "answer": best.text,
            "mse": finite(found.mse),
            **facts,
        }
