"""What all search commands do around their search: load, start, report, verify, print.

A command hands in its request and a function that searches; everything it prints, writes and
returns is the same for all of them. A search command ends with status 0 when its search ran,
solved or not; an interrupt ends the search, prints the best found so far and gives status 130.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from permq.cli.output import emit, write_text
from permq.cli.progress import Progress

if TYPE_CHECKING:
    from permq.core.objective import Verification
    from permq.core.puzzle import Indices, Puzzle
    from permq.search.problem import Problem, Report, Result
    from permq.search.problem import Progress as Told

INTERRUPTED = 130


@dataclass(frozen=True)
class Request:
    """What the options shared by all search commands say.

    Parameters
    ----------
    folder, activation
        The puzzle, see `permq.core.loading.load_puzzle`.
    start, pairs
        Where to begin, see `permq.search.start`; without pairs the ensemble pairs the layers,
        unless the start is an answer, which brings its own.
    rows
        Rows of the data the search works on, the first ones; None takes all.
    steps
        Budget, as the progress counts it; None when it is not known.
    seed
        Of everything random.
    out
        File for the answer, or None.
    as_json
        Print one JSON object.
    """

    folder: Path
    start: str
    pairs: str | None
    rows: int | None
    steps: int | None
    seed: int
    activation: str | None
    out: Path | None
    as_json: bool


@dataclass(frozen=True, eq=False)
class Start:
    """What a search command's own function is given.

    Parameters
    ----------
    puzzle, problem
        The whole puzzle, and the rows of it to search on.
    inp, out
        (L,) local indices in running order of the arrangement to start from.
    report, stop
        To hand on to the search.
    """

    puzzle: "Puzzle"
    problem: "Problem"
    inp: "Indices"
    out: "Indices"
    report: "Report"
    stop: Callable[[], bool]


def run_search(
    name: str,
    request: Request,
    search: "Callable[[Start], Result]",
    facts: Mapping[str, object] | None = None,
) -> int:
    """Do everything a search command does.

    Parameters
    ----------
    name
        The command's name.
    request
        What the user asked for.
    search
        Does the search.
    facts
        More results to print, filled by `search` while it runs; names must be new.

    Returns
    -------
    int
        Exit status: 0, or 130 after an interrupt.

    Raises
    ------
    PermqError
        What loading the puzzle, resolving the start or writing the answer raises.
    """
    from permq.core.loading import load_puzzle
    from permq.core.objective import objective, verify
    from permq.search.problem import Problem
    from permq.search.start import with_roles_of

    times = [perf_counter()]
    puzzle = load_puzzle(request.folder, activation=request.activation)
    puzzle = with_roles_of(puzzle, request.start, request.pairs)
    problem = Problem.of(puzzle, request.rows)
    times.append(perf_counter())
    inp, out = begin(puzzle, problem, request)
    start_mse = objective(puzzle, inp, out)
    times.append(perf_counter())
    with (
        interruptible() as interrupted,
        Progress(name, request.steps, quiet=request.as_json) as progress,
    ):
        result = search(Start(puzzle, problem, inp, out, reporter(progress), interrupted))
    times.append(perf_counter())
    arrangement = puzzle.arrangement(result.inp, result.out)
    found = verify(puzzle, arrangement)
    times.append(perf_counter())

    emit(
        {
            "command": name,
            "solved": found.solved,
            "answer": arrangement.text,
            "sha256": found.sha256,
            "sha256_match": found.sha256_match,
            "start_mse": start_mse,
            "mse": found.mse,
            "max_abs_error": found.max_abs_error,
            "exact": found.exact,
            "equivalent": found.equivalent,
            "rows": len(problem.x),
            "start_rows_mse": result.start_mse,
            "rows_mse": result.mse,
            "evaluations": result.evaluations,
            "accepted": result.accepted,
            "seed": request.seed,
            "interrupted": interrupted(),
            "seconds": seconds(times),
            **(facts or {}),
        },
        as_json=request.as_json,
        lines=summary(name, arrangement.text, start_mse, result, found, len(problem.x), times),
    )
    # after it is printed: a full disk must not lose it
    if request.out is not None:
        write_text(request.out, arrangement.text)
    return INTERRUPTED if interrupted() else 0


def begin(puzzle: "Puzzle", problem: "Problem", request: Request) -> tuple["Indices", "Indices"]:
    """Arrangement to start from; pairs given beside an answer re-pair it."""
    import numpy as np

    from permq.search.start import resolve_pairs, resolve_start

    rng = np.random.default_rng(request.seed)
    answers = names_answer(request.start)
    if answers and request.pairs is None:
        pair = np.arange(puzzle.blocks)
    else:
        pair = resolve_pairs(puzzle, request.pairs or "ensemble")
    inp, out = resolve_start(problem, puzzle, request.start, pair, rng)
    return (inp, pair[inp]) if answers and request.pairs is not None else (inp, out)


def names_answer(start: str) -> bool:
    """Whether a start is an answer rather than `random` or the name of an order's seed."""
    from permq.ordering.registry import SEEDS

    return start != "random" and start.partition(":")[0] not in SEEDS


def reporter(progress: Progress) -> "Report":
    """Hand a search's reports to the progress shown."""

    def report(told: "Told") -> None:
        progress.total = told.steps
        progress.update(told.step, f"best {told.best:.3g} now {told.current:.3g} {told.note}")

    return report


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C end the search at its next step; a second one ends the command."""
    import signal
    import threading

    from permq.search.stop import Flag

    flag = Flag()
    if threading.current_thread() is not threading.main_thread():
        yield flag  # signals reach the main thread only
        return

    def on_interrupt(number: int, frame: object) -> None:
        flag.raise_()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield flag
    finally:
        signal.signal(signal.SIGINT, before)


def seconds(times: list[float]) -> dict[str, float]:
    """Seconds spent in each part, from the points in time between them."""
    parts = zip(("load", "start", "search", "verify"), times[:-1], times[1:], strict=True)
    return {part: end - begin for part, begin, end in parts} | {"total": times[-1] - times[0]}


def summary(
    name: str,
    answer: str,
    start_mse: float,
    result: "Result",
    found: "Verification",
    rows: int,
    times: list[float],
) -> list[str]:
    """Lines for people."""
    from permq.cli.verify import verdict

    spent = seconds(times)
    return [
        f"start          mse {start_mse:.6g} over all rows",
        f"{name:<14} mse {result.start_mse:.6g} -> {result.mse:.6g} on {rows:,} rows",
        f"work           {result.evaluations:,} evaluations in {spent['search']:.2f} s",
        f"verified       mse {found.mse:.6g} over all rows",
        f"largest error  {found.max_abs_error:.6g}",
        f"answer         {answer}",
        f"sha256         {found.sha256}",
        verdict(found),
    ]
