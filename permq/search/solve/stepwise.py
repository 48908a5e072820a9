"""`solve` in steps that can be left and taken up again: the short way, then one attempt a step.

The random numbers of a step depend on the seed and the step's number alone, so that a search cut
between any two steps ends where an uncut one ends. Of square layers the plausible choices of roles
take turns, as in `permq.search.solve.square`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from permq.core.puzzle import Puzzle
from permq.errors import CheckpointError
from permq.pairing.quick import quick_pairing
from permq.pairing.roles import role_probabilities
from permq.search.problem import Problem, Progress, Report, silent
from permq.search.solve import checkpoint
from permq.search.solve.beginnings import Beginnings
from permq.search.solve.joint import attempt, kick_best, pairing_logits
from permq.search.solve.session import Elite, Session
from permq.search.solve.settings import SolveSettings
from permq.search.solve.short_way import short_way
from permq.search.solve.solution import Stage
from permq.search.solve.square import CHOICES, FIRST, exchanges
from permq.search.stop import Stop, never

_ROWS, _STEPS = 0, 1  # streams of random numbers of one seed


@dataclass(frozen=True, eq=False)
class SolveState:
    """Everything the next step depends on.

    Parameters
    ----------
    settings, seed
        What it was started with; `settings.attempts` must be a number.
    steps
        Steps done: the short way, and attempts.
    elites
        Best first.
    evaluations
        Arrangements evaluated.
    over
        Whether the answer, or an equivalent arrangement, is found.
    """

    settings: SolveSettings
    seed: int
    steps: int = 0
    elites: tuple[Elite, ...] = ()
    evaluations: int = 0
    over: bool = False

    @property
    def total(self) -> int:
        """Steps at the most."""
        return 1 + (self.settings.attempts or 0)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.over or self.steps >= self.total

    def save(self, puzzle: Puzzle) -> dict[str, Any]:
        """Turn it into what JSON can hold."""
        elites = checkpoint.dumps(puzzle, list(self.elites), self.steps)
        return {"elites": elites, "evaluations": self.evaluations, "over": self.over}

    @classmethod
    def restore(cls, puzzle: Puzzle, data: Any, settings: SolveSettings, seed: int) -> "SolveState":
        """Turn it back.

        Raises
        ------
        CheckpointError
            When it is damaged or of another puzzle.
        """
        try:
            elites, steps = checkpoint.loads(puzzle, data["elites"])
            evaluations, over = data["evaluations"], data["over"]
        except (KeyError, TypeError) as error:
            raise CheckpointError(f"the checkpoint is damaged: {error}") from None
        if type(evaluations) is not int or type(over) is not bool:
            raise CheckpointError("the checkpoint is damaged: its counts are none")
        return cls(settings, seed, steps, tuple(elites), evaluations, over)


def _unseen(elite: Elite) -> None:
    """Tell nobody."""


def advance(
    puzzle: Puzzle,
    state: SolveState,
    steps: float,
    *,
    report: Report = silent,
    stop: Stop = never,
    seen: Callable[[Elite], None] = _unseen,
) -> SolveState:
    """Do up to so many steps more.

    Parameters
    ----------
    puzzle
        What to solve.
    state
        Where it stands.
    steps
        How many.
    report
        Told of every stage, with the steps done.
    stop
        Asked often; a step that it cuts short is left to the next time.
    seen
        Given every new best, those of a step that is cut short too.
    """
    begun = state

    def tell(stage: Stage) -> None:
        mse = float("inf") if stage.mse is None else stage.mse
        best = min((elite.mse for elite in session.elites), default=mse)
        report(Progress(state.steps, state.total, mse, min(best, mse), stage.name))

    def keep(session: Session) -> None:
        seen(session.elites[0])

    session = Session(puzzle, state.settings, state.seed, stop, tell, keep)
    session.elites = list(state.elites)
    search = _Search(session, puzzle, state.seed)
    while not state.finished and state.steps - begun.steps < steps and not stop():
        session.rng = np.random.default_rng((state.seed, _STEPS, state.steps))
        session.evaluations = state.evaluations
        search.step(state.steps)
        found = session.verification
        # an equivalent arrangement may be one whose hash the stop kept from being looked for
        if stop() and not (found is not None and found.solved):
            break
        state = replace(
            state,
            steps=state.steps + 1,
            elites=tuple(session.elites),
            evaluations=session.evaluations,
            over=session.over,
        )
    return state


class _Search:
    """What the steps of a search share, made anew in every slice, always the same."""

    def __init__(self, session: Session, puzzle: Puzzle, seed: int) -> None:
        self._session, self._seed = session, seed
        self._roles: list[Puzzle] = [puzzle]
        self._doubt: dict[int, float] = {}
        self._known: dict[int, tuple[Problem, Beginnings]] = {}
        if puzzle.square:
            chance = role_probabilities(puzzle)
            pieces = np.concatenate([puzzle.inp_pieces, puzzle.out_pieces])
            likely = pieces[np.argsort(-chance, kind="stable")[: puzzle.blocks]]
            self._roles = [puzzle.with_roles(likely.tolist())]
            self._doubt = dict(zip(pieces.tolist(), chance.tolist(), strict=True))

    def step(self, number: int) -> None:
        """Do a step: 0 is the short way, the others are attempts."""
        session = self._session
        if number == 0:
            short_way(session, self._roles[0])
            return
        choice, beginning = (0, number - 1)
        if self._doubt:
            choice, beginning = turn_of(number - 1, self._choices)
        puzzle = self._roles[choice]
        problem, beginnings = self._ground(choice)
        # making the ground has drawn none of the step's own numbers
        session.rng = np.random.default_rng((self._seed, _STEPS, number))
        made = beginnings.at(beginning)
        if not session.stop():
            attempt(session, puzzle, problem, made)
        if not self._doubt and number % 3 == 0:
            kick_best(session, puzzle, problem)

    @property
    def _choices(self) -> int:
        if len(self._roles) == 1:
            first = self._roles[0]
            others = exchanges(first, self._doubt, CHOICES)
            self._roles += [first.with_roles(inputs) for inputs in others]
        return len(self._roles)

    def _ground(self, choice: int) -> tuple[Problem, Beginnings]:
        """Rows to search on and where to begin, for a choice of roles."""
        if choice not in self._known:
            session, puzzle = self._session, self._roles[choice]
            session.rng = np.random.default_rng((self._seed, _ROWS, choice))
            problem = session.problem(puzzle, session.rows(session.settings.rows))
            quick = quick_pairing(puzzle)
            sure = quick.pair if choice == 0 and quick.sure else None
            logits = pairing_logits(session, puzzle, sure)
            self._known[choice] = (problem, Beginnings(session, puzzle, problem, logits))
        return self._known[choice]


def turn_of(attempt_number: int, choices: int) -> tuple[int, int]:
    """Which choice of roles an attempt is made with, and which beginning.

    The first choice has the first turn alone; then all take turns, each as many attempts as
    `FIRST`, twice as many from turn to turn.
    """
    if attempt_number < FIRST:
        return 0, attempt_number
    left, turns = attempt_number - FIRST, FIRST
    while left >= choices * turns:
        left -= choices * turns
        turns *= 2
    return divmod(left, turns)
