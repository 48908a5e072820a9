"""Enumeration: many numbered arrangements around one, tried in batches; the best is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Any, Protocol, Self

import numpy as np

from permq.core.puzzle import Indices
from permq.search.checkpoint_fields import cost, count, switch
from permq.search.problem import Problem, Progress, Report, silent
from permq.search.standing import Standing
from permq.search.stop import never
from permq.search.trie_evaluator import TrieEvaluator, unit_size


class Numbered(Protocol):
    """Arrangements that have numbers."""

    @property
    def numbers(self) -> range:
        """Numbers to try."""
        ...

    def made(self, inp: Indices, out: Indices, numbers: Indices) -> tuple[Indices, Indices]:
        """(M, L) twice: the arrangements of these numbers (M,), made of one of (L,) twice."""
        ...


@dataclass(frozen=True, eq=False)
class EnumerationState:
    """Everything the next batch depends on.

    Parameters
    ----------
    standing
        The arrangement around which all are made.
    tried
        How many of the numbers were tried.
    best, limit
        Number of the best arrangement so far and its cost; while none is better than the one
        it began with, None and what a better one must not exceed.
    over
        Whether nothing is left to try.
    """

    standing: Standing
    tried: int = 0
    best: int | None = None
    limit: float = inf
    over: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.over

    def save(self) -> dict[str, Any]:
        """Turn it into what JSON can hold."""
        return {
            "standing": self.standing.save(),
            "tried": self.tried,
            "best": self.best,
            "limit": self.limit if isfinite(self.limit) else None,
            "over": self.over,
        }

    @classmethod
    def restore(cls, problem: Problem, data: Any, arrangements: "Numbered") -> Self:
        """Turn it back.

        Raises
        ------
        CheckpointError, KeyError, TypeError, ValueError
            When it is damaged.
        """
        best, numbers = data["best"], arrangements.numbers
        state = cls(
            standing=Standing.restore(problem, data["standing"]),
            tried=count(data["tried"]),
            best=None if best is None else count(best),
            limit=cost(data["limit"]),
            over=switch(data["over"]),
        )
        if state.tried > len(numbers) or (best is not None and best not in numbers):
            raise ValueError("it stands beyond its end")
        return state


def start(problem: Problem, inp: Indices, out: Indices, seed: int = 0) -> EnumerationState:
    """State before the first batch."""
    evaluator = TrieEvaluator(problem, inp, out, seed)
    return EnumerationState(evaluator.standing(), limit=evaluator.bar, over=evaluator.finished)


def advance(
    problem: Problem,
    state: EnumerationState,
    arrangements: Numbered,
    batches: float = inf,
    *,
    note: str = "",
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> EnumerationState:
    """Try up to so many batches more; one that the stop cuts short is left to the next time."""
    evaluator = TrieEvaluator.at(problem, state.standing, stop)
    numbers, done, size = arrangements.numbers, 0, unit_size(problem)
    if state.tried >= len(numbers):
        return replace(state, over=True)
    while done < batches and not state.over and not stop():
        part = np.array(numbers[state.tried : state.tried + size], np.int64)
        made = arrangements.made(state.standing.inp, state.standing.out, part)
        winner, lowest = evaluator.best(*made, state.limit)
        if stop():
            break
        tried, done = state.tried + len(part), done + 1
        state = replace(
            state, standing=evaluator.standing(), tried=tried, over=tried >= len(numbers)
        )
        if winner >= 0:
            state = replace(state, best=int(part[winner]), limit=lowest)
        best = evaluator.mse if state.best is None else state.limit
        report(Progress(tried, len(numbers), evaluator.mse, best, note))
    return state


def best_of(state: EnumerationState, arrangements: Numbered) -> Standing:
    """Where an enumeration stands with its best arrangement made."""
    standing = state.standing
    if state.best is None:
        return standing
    (inp,), (out,) = arrangements.made(standing.inp, standing.out, np.array([state.best]))
    return standing.moved(inp, out, state.limit)
