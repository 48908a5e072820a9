"""Simulated annealing over arrangements, in slices.

`start` makes a state, `advance` takes it some steps further, `anneal` does both to the end. One
long slice and many short ones give bit-identical trajectories: the random numbers of a step depend
on the seed and the step's number alone, and the evaluation of an arrangement on the same rows gives
the same floats whether its states were kept or computed anew.

Source: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, Science 220 (1983) 671.
"""

from bisect import bisect
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from itertools import accumulate
from math import inf

import numpy as np

from permq.core.delta import Evaluator
from permq.core.puzzle import Indices
from permq.search.accept import CRITERIA
from permq.search.annealing_settings import AnnealSettings
from permq.search.annealing_state import AnnealState
from permq.search.moves import MOVES
from permq.search.moves.move import DRAWS, pair_within
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.row_plan import RowPlan
from permq.search.schedule import Clock, reach_at
from permq.search.stop import never

_SORT = 500  # steps between two sortings of the rows
_BATCH = 256  # steps whose random numbers are drawn together
_SETUP, _STEPS = 0, 1  # streams of random numbers of one seed


@dataclass(frozen=True)
class AnnealProgress(Progress):
    """A report of annealing.

    Parameters
    ----------
    temperature
        In units of the cost.
    acceptance
        Share of accepted proposals of every move so far.
    """

    temperature: float = 0.0
    acceptance: dict[str, float] | None = None


def anneal(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: AnnealSettings,
    seed: int,
    *,
    locked: Set[int] = frozenset(),
    anchored: Set[int] = frozenset(),
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> Result:
    """Anneal from an arrangement until the budget of steps is spent.

    Parameters
    ----------
    problem
        The network and the rows to judge by.
    inp, out
        (L,) local indices in running order.
    settings
        See `AnnealSettings`.
    seed
        Same seed, same result.
    locked
        Positions whose blocks stay.
    anchored
        Input layers (local indices) that stay with the output layer they have in `inp`, `out`.
    report
        Called every `settings.window` steps with an `AnnealProgress`.
    stop
        Asked before every step.
    """
    state = start(problem, inp, out, settings, seed, locked=locked, anchored=anchored)
    return advance(problem, state, settings.steps, report=report, stop=stop).result()


def start(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: AnnealSettings,
    seed: int,
    *,
    locked: Set[int] = frozenset(),
    anchored: Set[int] = frozenset(),
) -> AnnealState:
    """State before the first step; see `anneal` for the parameters."""
    free = free_positions(len(inp), locked)
    rng = np.random.default_rng((seed, _SETUP))
    inp, out = perturbed(inp, out, free, settings.perturbation, rng)
    plan = RowPlan.of(len(problem.x))
    current = evaluator_on(problem, plan, inp, out).mse
    hot = settings.hot
    if hot is None:
        scale = min(current, float(np.var(problem.pred)) or current)
        hot = settings.heat * scale if scale < inf else 0.0
    return AnnealState(
        settings=settings,
        seed=seed,
        locked=frozenset(locked),
        anchored=frozenset(anchored),
        step=0,
        plan=plan,
        early=0,
        inp=inp,
        out=out,
        best_inp=inp,
        best_out=out,
        current=current,
        best=current,
        start_mse=current,
        hot=hot,
        temperature=hot,
        clock=Clock(),
        improved=0,
        reheated=0,
        window_accepted=0,
        proposed=dict.fromkeys(settings.moves, 0),
        accepted=dict.fromkeys(settings.moves, 0),
        evaluations=1,
    )


def advance(
    problem: Problem,
    state: AnnealState,
    steps: int,
    *,
    report: Report = silent,
    stop: Callable[[], bool] = never,
) -> AnnealState:
    """Take a state up to `steps` steps further; see `anneal` for `report` and `stop`."""
    settings = state.settings
    names, choose = move_chooser(settings)
    accept = CRITERIA[settings.accept]
    schedule = settings.schedule_from(state.hot)
    free = free_positions(len(state.inp), state.locked)
    plan, early = state.plan, state.early
    evaluator = evaluator_on(problem, plan, state.inp, state.out)
    evaluations = state.evaluations

    current_inp, current_out, current = state.inp, state.out, state.current
    best_inp, best_out, best = state.best_inp, state.best_out, state.best
    temperature, clock, reheated = state.temperature, state.clock, state.reheated
    improved, window_accepted = state.improved, state.window_accepted
    proposed, accepted = dict(state.proposed), dict(state.accepted)
    step, draws = state.step, draws_of(state.seed, state.step)
    end = min(step + steps, settings.steps)
    done = clock.at(step - step % settings.window, settings.steps)
    reach = reach_at(done, settings.far, settings.near, len(free))

    while step < end and best > settings.target and not stop():
        if step % settings.window == 0:
            if settings.patience and step - improved >= settings.patience:
                clock = clock.set_back(step, settings.steps, settings.reheat)
                improved, reheated = step, reheated + 1
            done = clock.at(step, settings.steps)
            acceptance = window_accepted / settings.window
            if step:
                temperature = schedule.temperature(temperature, done, acceptance)
            reach = reach_at(done, settings.far, settings.near, len(free))
            window_accepted = 0
            report(progress_of(step, settings, current, best, temperature, proposed, accepted))
        if step % _SORT == 0:
            plan, early = plan.sorted(evaluator.row_errors(), early / _SORT), 0
            evaluator = evaluator_on(problem, plan, current_inp, current_out)
            current = evaluator.mse
        if step % _BATCH == 0:
            draws = draws_of(state.seed, step)
        which, chance, *places = draws[step % _BATCH]
        step += 1

        name = names[choose(which)]
        proposed[name] += 1
        candidate = MOVES[name].propose(
            current_inp, current_out, places, reach, free, state.anchored
        )
        if candidate is None:
            continue
        evaluations += 1
        limit = accept.limit(current, best, temperature, chance)
        cost = evaluator.propose(*candidate, limit)
        if cost == inf:
            early += evaluator.looked == 1
            continue
        evaluator.accept()
        current_inp, current_out, current = candidate.inp, candidate.out, cost
        accepted[name] += 1
        window_accepted += 1
        if cost < best:
            best_inp, best_out, best, improved = current_inp, current_out, cost, step

    report(progress_of(step, settings, current, best, temperature, proposed, accepted))
    return replace(
        state,
        step=step,
        plan=plan,
        early=early,
        inp=current_inp,
        out=current_out,
        best_inp=best_inp,
        best_out=best_out,
        current=current,
        best=best,
        temperature=temperature,
        clock=clock,
        improved=improved,
        reheated=reheated,
        window_accepted=window_accepted,
        proposed=proposed,
        accepted=accepted,
        evaluations=evaluations,
    )


def evaluator_on(problem: Problem, plan: RowPlan, inp: Indices, out: Indices) -> Evaluator:
    """Evaluator of an arrangement that looks at the rows as planned."""
    x, pred = problem.x[plan.rows], problem.pred[plan.rows]
    return Evaluator(problem.network, x, pred, inp, out, plan.sizes)


def draws_of(seed: int, step: int) -> list[list[float]]:
    """Random numbers of the batch of steps that `step` belongs to: `_BATCH` lists of numbers.

    One number chooses the move, one decides on acceptance, the others are the move's own.
    """
    rng = np.random.default_rng((seed, _STEPS, step // _BATCH))
    numbers: list[list[float]] = rng.random((_BATCH, 2 + DRAWS)).tolist()
    return numbers


def move_chooser(settings: AnnealSettings) -> tuple[list[str], Callable[[float], int]]:
    """Names of the moves, and a function from a number in [0, 1) to the index of one by weight."""
    names = [name for name, weight in settings.moves.items() if weight > 0]
    shares = list(accumulate(settings.moves[name] for name in names))
    inner = [share / shares[-1] for share in shares[:-1]]
    return names, lambda draw: bisect(inner, draw)


def free_positions(blocks: int, locked: Set[int]) -> Indices:
    """Positions that may change, ascending."""
    return np.array([p for p in range(blocks) if p not in locked], dtype=np.intp)


def perturbed(
    inp: Indices, out: Indices, free: Indices, swaps: int, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Copy of an arrangement after some random paired swaps of free positions."""
    inp, out = np.array(inp, dtype=np.intp), np.array(out, dtype=np.intp)
    for draw in rng.random(swaps if len(free) > 1 else 0).tolist():
        i, j = pair_within(draw, len(free), len(free))
        pair, exchanged = free[[i, j]], free[[j, i]]
        inp[pair], out[pair] = inp[exchanged], out[exchanged]
    return inp, out


def progress_of(
    step: int,
    settings: AnnealSettings,
    current: float,
    best: float,
    temperature: float,
    proposed: dict[str, int],
    accepted: dict[str, int],
) -> AnnealProgress:
    """Report of a running search."""
    acceptance = {name: accepted[name] / count for name, count in proposed.items() if count}
    shares = " ".join(f"{name} {share:.1%}" for name, share in acceptance.items())
    return AnnealProgress(
        step=step,
        steps=settings.steps,
        current=current,
        best=best,
        note=f"T {temperature:.2e} {shares}",
        temperature=temperature,
        acceptance=acceptance,
    )
