"""Where a job begins: the arrangement handed to it, or one made of pairs and an order's seed."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from permq.errors import OptionError
from permq.jobs.parameters import unknown
from permq.jobs.task import Task

if TYPE_CHECKING:
    from permq.core.puzzle import Indices, Puzzle
    from permq.search.problem import Problem

ENSEMBLE = "ensemble"
RANDOM = "random"
DIRECTIONS = ("", "reversed", "best")

_ORDERS = (
    "greedy-by-state:best",
    "output-norm:best",
    "output-sum:best",
    "last-alignment:best",
    "input-norm:best",
)
"""Seeds of the order that jobs from scores take in turn, so that they do not all begin alike."""


@dataclass(frozen=True, eq=False)
class Beginning:
    """Where a search begins.

    Parameters
    ----------
    puzzle
        In the roles that the arrangement gives to square layers.
    problem
        The rows of it to search on.
    inp, out
        (L,) local indices in running order.
    """

    puzzle: "Puzzle"
    problem: "Problem"
    inp: "Indices"
    out: "Indices"


def beginning(task: Task, default: str | None = None) -> Beginning:
    """Find the arrangement that a task begins with.

    What the user names in `from` comes before an elite that was drawn, but not before the best of
    a parent job. Pairs named beside a given arrangement re-pair it.

    Parameters
    ----------
    task
        With the parameters `from`, `pairs` and `rows`.
    default
        Order where nothing is given; None follows the task's source: random, or one of several
        seeds of the order by turns.

    Raises
    ------
    AnswerError
        When the start is none of the puzzle.
    """
    import numpy as np

    from permq.search.problem import Problem
    from permq.search.start import resolve_start

    params, rng = task.params, np.random.default_rng(task.seed)
    named, pairs = params["from"], params["pairs"]
    start = task.start if task.source == "parent" or named is None else None
    if start is not None:
        puzzle = whole(task).for_answer(start)
        inp, out = puzzle.indices(start)
        if pairs is not None:
            out = pairing(puzzle, pairs)[inp]
        return Beginning(puzzle, Problem.of(puzzle, params["rows"]), inp, out)
    puzzle = with_likely_roles(whole(task))
    problem = Problem.of(puzzle, params["rows"])
    by_source = _ORDERS[task.seed % len(_ORDERS)] if task.source == "score" else RANDOM
    order = named or default or by_source
    inp, out = resolve_start(problem, puzzle, order, pairing(puzzle, pairs or ENSEMBLE), rng)
    return Beginning(puzzle, problem, inp, out)


def whole(task: Task) -> "Puzzle":
    """The task's puzzle.

    Raises
    ------
    OptionError
        When it has none.
    """
    if task.puzzle is None:
        raise OptionError("this kind of job needs a puzzle")
    return task.puzzle


@dataclass(frozen=True)
class _Asked:
    """A question about a puzzle; equal for equal puzzles."""

    fingerprint: str
    inputs: tuple[int, ...]
    method: str
    puzzle: Any = field(compare=False)


def pairing(puzzle: "Puzzle", method: str) -> "Indices":
    """(L,) output layer of every input layer by a method; remembered for the last few puzzles."""
    pieces = tuple(int(piece) for piece in puzzle.inp_pieces)
    return _pairing(_Asked(puzzle.fingerprint, pieces, method, puzzle))


def with_likely_roles(puzzle: "Puzzle") -> "Puzzle":
    """The puzzle with the likeliest roles of square layers; others have theirs by shape."""
    if not puzzle.square:
        return puzzle
    pieces = (*puzzle.inp_pieces.tolist(), *puzzle.out_pieces.tolist())
    return puzzle.with_roles(_roles(_Asked(puzzle.fingerprint, tuple(sorted(pieces)), "", puzzle)))


@lru_cache(maxsize=4)
def _pairing(asked: _Asked) -> "Indices":
    from permq.search.start import resolve_pairs

    pair = resolve_pairs(asked.puzzle, asked.method)
    pair.setflags(write=False)  # it is handed out again and again
    return pair


@lru_cache(maxsize=4)
def _roles(asked: _Asked) -> tuple[int, ...]:
    from permq.pairing.roles import split_roles

    return split_roles(asked.puzzle, 1)[0].inputs


def check_order(text: str) -> str:
    """Check the name of an order's seed, with its direction, or `random`.

    Raises
    ------
    OptionError
        When there is none of this name.
    """
    from permq.ordering.registry import SEEDS

    name, _, direction = text.partition(":")
    if text != RANDOM and name not in SEEDS:
        raise unknown("start", name, (RANDOM, *SEEDS))
    if direction not in DIRECTIONS:
        raise OptionError(f"a seed runs plain, as {name}:reversed or {name}:best")
    return text


def check_pairs(text: str) -> str:
    """Check the name of a pairing method.

    Raises
    ------
    OptionError
        When there is none of this name.
    """
    if text != ENSEMBLE:
        from permq.pairing.registry import SCORES

        if text not in SCORES:
            raise unknown("pairing method", text, (ENSEMBLE, *SCORES))
    return text
