"""What one run of `solve` knows: the best so far, the elites, and whether it is over."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.objective import EXACT, Verification, verify
from permq.core.puzzle import Indices, Puzzle
from permq.search.problem import Problem
from permq.search.solve.settings import SolveSettings
from permq.search.solve.solution import Stage
from permq.search.stop import Stop

_LISTEN = 0.1
"""Seconds between two looks for news from other processes."""


def nobody(stage: Stage) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Elite:
    """One good arrangement and its cost on the session's rows."""

    mse: float
    arrangement: Arrangement


class Session:
    """One run of `solve`.

    Parameters
    ----------
    puzzle
        Whose pieces to arrange.
    settings, seed
        How to search.
    stop
        Asked everywhere; true when the budget has ended.
    tell
        Told of every stage.
    keep
        Called whenever the elites have changed.
    """

    def __init__(
        self,
        puzzle: Puzzle,
        settings: SolveSettings,
        seed: int,
        stop: Stop,
        tell: Callable[[Stage], None] = nobody,
        keep: Callable[["Session"], None] | None = None,
    ) -> None:
        self.puzzle = puzzle
        self.settings = settings
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.tell = tell
        self.elites: list[Elite] = []
        self.stages: list[Stage] = []
        self.seconds = {"pair": 0.0, "order": 0.0, "verify": 0.0}
        self.attempts = 0
        self.evaluations = 0
        self.verification: Verification | None = None
        self.over = False
        self.listen: Callable[[], None] | None = None
        self._heard = self._begun = perf_counter()
        self._stop = stop
        self._keep = keep
        self.spread = float(np.std(puzzle.pred))
        self._verified: set[str] = set()

    def stop(self) -> bool:
        """Whether to end: the answer is found, or the budget has ended."""
        if self.listen is not None and not self.over:
            now = perf_counter()
            if now - self._heard > _LISTEN:
                self._heard = now
                self.listen()
        return self.over or self._stop()

    @property
    def target(self) -> float:
        """Mean squared error of which an exact arrangement stays far below."""
        return (0.1 * EXACT * self.spread) ** 2

    def best_for(self, puzzle: Puzzle) -> Elite | None:
        """The best arrangement so far in which the layers have the puzzle's roles."""
        inputs = {int(piece) for piece in puzzle.inp_pieces}
        for elite in self.elites:
            if inputs.issuperset(elite.arrangement.inputs):
                return elite
        return None

    def rows(self, count: int) -> Indices:
        """A sample of row numbers."""
        count = min(count, self.puzzle.rows)
        return np.asarray(self.rng.choice(self.puzzle.rows, count, replace=False), np.intp)

    def problem(self, puzzle: Puzzle, rows: Indices) -> Problem:
        """Problem on some rows of a puzzle (which may be this one with other roles)."""
        whole = Problem.of(puzzle, 1)
        return Problem(whole.network, puzzle.x[rows], puzzle.pred[rows])

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the time inside to that of a phase: pair, order or verify."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] += perf_counter() - begun

    def go_on(self, elites: Sequence[Elite], attempts: int) -> None:
        """Begin with what an earlier run found, and with other random numbers than it used."""
        self.attempts = attempts
        if attempts:
            self.rng = np.random.default_rng((self.seed, attempts))
        # not kept one by one: a kill meanwhile would leave only the first of them
        keep, self._keep = self._keep, None
        for elite in elites:
            if not self.over:
                puzzle = self.puzzle.for_answer(elite.arrangement)
                self.consider(puzzle, *puzzle.indices(elite.arrangement), elite.mse)
        self._keep = keep
        if elites:
            self.keep()

    def keep(self) -> None:
        """Hand elites, once there are any, and the number of attempts to whoever keeps them."""
        if self._keep is not None and self.elites:
            self._keep(self)

    def stage(self, name: str, mse: float | None) -> None:
        """Note that a stage has ended."""
        stage = Stage(name, mse, perf_counter() - self._begun)
        self.stages.append(stage)
        self.tell(stage)

    def consider(self, puzzle: Puzzle, inp: Indices, out: Indices, mse: float) -> bool:
        """Take an arrangement among the elites if it is good; says whether the search is over."""
        arrangement = puzzle.arrangement(inp, out)
        if all(arrangement != elite.arrangement for elite in self.elites):
            self.elites.append(Elite(mse, arrangement))
            self.elites.sort(key=lambda elite: elite.mse)
            del self.elites[self.settings.elites :]
            changed = self.elites[0].arrangement == arrangement
        else:
            changed = False
        if arrangement.sha256 == puzzle.solution_sha256 or mse <= 100 * self.target:
            self._settle(puzzle, arrangement)
        # what settles it need not have the least cost where the answers are noisy
        if changed or self.over:
            self.keep()
        return self.over

    def _settle(self, puzzle: Puzzle, arrangement: Arrangement) -> None:
        """Verify in full what looks right, and end the search if it is."""
        if arrangement.text in self._verified:
            return
        self._verified.add(arrangement.text)
        with self.timed("verify"):
            found = verify(puzzle, arrangement)
            # without news from other processes, which could settle it meanwhile
            other = _match(puzzle, arrangement, self._stop) if found.equivalent else None
            if other is not None:
                arrangement, found = other, verify(puzzle, other)
        if found.solved or found.equivalent:
            others = [elite for elite in self.elites if elite.arrangement != arrangement]
            self.elites = [Elite(0.0, arrangement), *others][: self.settings.elites]
            # last: what it verifies is the first elite, whenever the search is left
            self.verification, self.over = found, True


def _match(puzzle: Puzzle, arrangement: Arrangement, stop: Stop) -> Arrangement | None:
    """Look for an equivalent arrangement of the known hash; the search for it loads when needed."""
    from permq.search.solve.equivalents import matching_equivalent

    return matching_equivalent(puzzle, arrangement, stop)
