"""Put back: take the block out that does the most harm, and put it where it does best."""

from collections.abc import Callable, Set
from dataclasses import dataclass, replace

import numpy as np

from permq.core.delta import Evaluator
from permq.core.puzzle import Indices
from permq.diagnosis.leave_one_out import leave_one_out
from permq.errors import OptionError
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.standing import Standing
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
    seed: int = 0,
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
    state = start(problem, inp, out, settings, seed, locked=locked)
    return advance(problem, state, settings.steps, report=report, stop=stop).standing.result()


@dataclass(frozen=True, eq=False)
class PutBackState:
    """Everything the next block depends on.

    Parameters
    ----------
    settings, locked
        What it was started with.
    standing
        The current arrangement.
    step, passed
        Blocks taken out, and those since the last one that moved.
    over
        Whether no block is left to try.
    """

    settings: PutBackSettings
    locked: frozenset[int]
    standing: Standing
    step: int = 0
    passed: int = 0
    over: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.over or self.step >= self.settings.steps


def start(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: PutBackSettings,
    seed: int = 0,
    *,
    locked: Set[int] = frozenset(),
) -> PutBackState:
    """State before the first block; see `put_back` for the parameters."""
    current = problem.evaluator(inp, out)
    standing = replace(Standing.of(problem, inp, out, seed), start_mse=current.mse)
    return PutBackState(settings, frozenset(locked), standing.after(current, 0))


def advance(
    problem: Problem,
    state: PutBackState,
    blocks: int,
    *,
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> PutBackState:
    """Take out up to so many blocks more; see `put_back` for `report` and `stop`."""
    if state.finished or stop():
        return state
    settings, standing = state.settings, state.standing
    current = standing.evaluator(problem)
    free = [t for t in range(problem.blocks) if t not in state.locked]
    waiting = _ranked(problem, current, free)
    step, passed, over = state.step, state.passed, False
    end = min(step + blocks, settings.steps)
    while step < end and not stop():
        if passed >= len(waiting):
            over = True
            break
        moved = _move(current, waiting[passed], free)
        standing, step, passed = standing.after(current, moved), step + 1, passed + 1
        if moved:
            waiting, passed = _ranked(problem, current, free), 0
        note = f"{standing.accepted} moved"
        report(Progress(step, settings.steps, current.mse, current.mse, note))
    return replace(state, standing=standing, step=step, passed=passed, over=over)


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
