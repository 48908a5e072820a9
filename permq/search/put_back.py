"""Put back: take the block out that does the most harm, and put it where it does best."""

from collections.abc import Callable, Set
from dataclasses import dataclass

import numpy as np

from permq.core.delta import Evaluator
from permq.core.puzzle import Indices
from permq.diagnosis.leave_one_out import leave_one_out
from permq.errors import OptionError
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.stop import never


@dataclass(frozen=True)
class PutBackSettings:
    """Settings of putting back.

    Parameters
    ----------
    steps
        Blocks to take out at most; 0 only measures the start.

    Raises
    ------
    OptionError
        When it is negative.
    """

    steps: int = 100

    def __post_init__(self) -> None:
        if self.steps < 0:
            raise OptionError(f"steps must be 0 or more, not {self.steps}")


def put_back(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: PutBackSettings,
    seed: int = 0,  # noqa: ARG001 - as every search
    *,
    locked: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Move single blocks, the most harmful first, until none moves.

    The block whose removal leaves the lowest cost is tried at every other free position and stays
    at the best of all. After a move every block is measured anew; a block that stays is passed over
    until then.

    Parameters
    ----------
    problem
        The network and the rows to judge by.
    inp, out
        (L,) local indices in running order.
    settings
        How long.
    seed
        Not needed: nothing is random.
    locked
        Positions whose blocks stay, at these positions.
    report, stop
        Told after, asked before every block taken out.

    Returns
    -------
    Result
    """
    current = problem.evaluator(inp, out)
    start, accepted = current.mse, 0
    free = [t for t in range(problem.blocks) if t not in locked]
    waiting = _ranked(problem, current, free)
    for step in range(settings.steps):
        if not waiting or stop():
            break
        if _move(current, waiting.pop(0), free):
            accepted += 1
            waiting = _ranked(problem, current, free)
        report(Progress(step + 1, settings.steps, current.mse, current.mse, f"{accepted} moved"))
    return Result(current.inp, current.out, current.mse, start, current.evaluations, accepted)


def _ranked(problem: Problem, current: Evaluator, free: list[int]) -> list[int]:
    """Free positions, the one whose block is missed least first."""
    found = leave_one_out(problem.network, current.inp, current.out, problem.x, problem.pred)
    return sorted(free, key=lambda t: float(found.without[t]))


def _move(current: Evaluator, position: int, free: list[int]) -> bool:
    """Put the block at a position where it does best; False when that is where it is."""
    place, at = free.index(position), np.array(free, np.intp)
    best, target = current.mse, place
    for other in range(len(free)):
        if other == place:
            continue
        cost = current.propose(
            *_moved(current, at, place, other), min(free[place], free[other]), best
        )
        if cost < best:
            best, target = cost, other
    if target == place:
        return False
    current.propose(*_moved(current, at, place, target), min(free[place], free[target]))
    current.accept()
    return True


def _moved(current: Evaluator, free: Indices, source: int, target: int) -> tuple[Indices, Indices]:
    """The arrangement with one block moved among the free positions, the others closing up."""
    order = np.insert(np.delete(free, source), target, free[source])
    inp, out = current.inp.copy(), current.out.copy()
    inp[free], out[free] = current.inp[order], current.out[order]
    return inp, out
