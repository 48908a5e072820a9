"""Adjoint refinement: descend by the moves that the adjoint ranks best, each evaluated exactly.

A round computes the first-order effects around the current arrangement on a fresh sample of rows,
ranks all moves, evaluates the most promising exactly and keeps those that improve. Where no single
move does, pairs of moves at disjoint places are ranked by the sum of their effects: that leaves
most of the local optima in which single moves are stuck.
"""

from dataclasses import dataclass, replace

import numpy as np

from permq.core.delta import Evaluator
from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.search.adjoint.candidates import Candidates, candidates
from permq.search.adjoint.effects import effects
from permq.search.problem import Problem, Progress, Report, Result, silent
from permq.search.standing import Standing
from permq.search.stop import Stop, never


@dataclass(frozen=True)
class RefineSettings:
    """How a refinement works.

    Parameters
    ----------
    rounds
        Most rounds to run.
    sample
        Entries (rows times outputs) that carry the ranking in a round.
    tries
        Most single moves evaluated exactly per round.
    pairs
        Most pairs of moves evaluated exactly when no single move improves; 0 leaves pairs out.
    pool
        Single moves from which pairs are made, best predicted first.
    gain
        Smallest relative improvement that counts.
    reach
        Greatest distance of a move's two positions; None for any. A small reach makes a round
        cheap and suffices near the answer.
    order, repair
        Whether whole blocks may move, and whether layers may be re-paired.

    Raises
    ------
    OptionError
        A number is out of its range.
    """

    rounds: int = 200
    sample: int = 64
    tries: int = 40
    pairs: int = 300
    pool: int = 400
    gain: float = 1e-3
    reach: int | None = None
    order: bool = True
    repair: bool = False

    def __post_init__(self) -> None:
        for name, least in (("rounds", 0), ("sample", 1), ("tries", 0), ("pairs", 0), ("pool", 1)):
            if getattr(self, name) < least:
                raise OptionError(f"{name} must be at least {least}, not {getattr(self, name)}")
        if not 0 <= self.gain < 1:
            raise OptionError(f"gain must be from 0 to below 1, not {self.gain}")
        if self.reach is not None and self.reach < 0:
            raise OptionError(f"reach must not be negative: {self.reach}")


def _try_singles(
    current: Evaluator, moves: Candidates, ranking: Array, settings: RefineSettings
) -> int:
    """Evaluate the best predicted moves in turn, keep each that improves; returns how many."""
    kept = 0
    first = moves.first
    for move in ranking[: settings.tries]:
        limit = current.mse * (1 - settings.gain)
        inp, out = moves.apply(int(move), current.inp, current.out)
        if current.propose(inp, out, int(first[move]), limit) < limit:
            current.accept()
            kept += 1
    return kept


def _try_pairs(
    current: Evaluator, moves: Candidates, error: Array, ranking: Array, settings: RefineSettings
) -> int:
    """Evaluate the best predicted pairs of disjoint moves until one improves."""
    best = moves.take(ranking[: settings.pool])
    single = best.change @ error
    gram = best.change @ best.change.T
    cost = (2 * single + np.diag(gram)) / len(error)
    joint = cost[:, None] + cost[None] + (2 / len(error)) * gram
    first, final = best.first, best.final
    joint[final[:, None] >= first[None]] = np.inf  # one move wholly before the other
    count = min(settings.pairs, joint.size)
    limit = current.mse * (1 - settings.gain)
    flat = np.argpartition(joint, count - 1, axis=None)[:count]
    for place in flat[np.argsort(joint.ravel()[flat], kind="stable")]:
        early, late = divmod(int(place), len(best))
        if not np.isfinite(joint[early, late]):
            break
        inp, out = best.apply(late, *best.apply(early, current.inp, current.out))
        if current.propose(inp, out, int(first[early]), limit) < limit:
            current.accept()
            return 1
    return 0


def descend(
    problem: Problem,
    current: Evaluator,
    settings: RefineSettings,
    rng: np.random.Generator,
    *,
    locked: frozenset[int] = frozenset(),
    report: Report = silent,
    stop: Stop = never,
    target: float = 0.0,
) -> int:
    """Descend from the evaluator's current arrangement to a local optimum, in place.

    Returns the number of changes kept. Ends also at a cost of at most `target`.
    """
    kept = 0
    for number in range(settings.rounds):
        if stop() or current.mse <= target:
            break
        changed = _round(problem, current, settings, rng, locked, stop)
        if changed is None:
            break
        kept += changed
        report(Progress(number + 1, settings.rounds, current.mse, current.mse, f"{kept} kept"))
        if not changed:
            break
    return kept


def _round(
    problem: Problem,
    current: Evaluator,
    settings: RefineSettings,
    rng: np.random.Generator,
    locked: frozenset[int],
    stop: Stop,
) -> int | None:
    """Rank the moves on a sample and keep what improves: how many; None when stopped before."""
    free = np.array([t for t in range(problem.blocks) if t not in locked], np.intp)
    rows = max(1, min(len(problem.x), settings.sample // problem.network.outputs))
    sample = rng.choice(len(problem.x), rows, replace=False)
    found = effects(
        problem.network,
        current.inp,
        current.out,
        problem.x[sample],
        problem.pred[sample],
        repair=settings.repair,
        reach=settings.reach,
        stop=stop,
    )
    if found is None:
        return None
    moves = candidates(found, order=settings.order, free=free, reach=settings.reach)
    ranking = np.argsort(moves.predicted(found.error), kind="stable")
    changed = _try_singles(current, moves, ranking, settings)
    if not changed and settings.pairs:
        changed = _try_pairs(current, moves, found.error, ranking, settings)
    return changed


def refine(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: RefineSettings,
    seed: int,
    *,
    locked: frozenset[int] = frozenset(),
    report: Report = silent,
    stop: Stop = never,
) -> Result:
    """Refine an arrangement to a local optimum of single and paired moves.

    Parameters
    ----------
    problem
        Network and rows.
    inp, out
        (L,) local indices to start from.
    settings, seed
        How, and the seed of the row samples.
    locked
        Positions that must keep their layers.

    Returns
    -------
    Result
    """
    state = start(problem, inp, out, settings, seed, locked=locked)
    return advance(problem, state, settings.rounds, report=report, stop=stop).standing.result()


@dataclass(frozen=True, eq=False)
class RefineState:
    """Everything the next round depends on.

    Parameters
    ----------
    settings, locked
        What it was started with.
    standing
        The current arrangement.
    round
        Rounds done.
    over
        Whether a round has found nothing, or the start was without error.
    """

    settings: RefineSettings
    locked: frozenset[int]
    standing: Standing
    round: int = 0
    over: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.over or self.round >= self.settings.rounds


def start(
    problem: Problem,
    inp: Indices,
    out: Indices,
    settings: RefineSettings,
    seed: int,
    *,
    locked: frozenset[int] = frozenset(),
) -> RefineState:
    """State before the first round; see `refine` for the parameters."""
    current = problem.evaluator(inp, out)
    standing = replace(Standing.of(problem, inp, out, seed), start_mse=current.mse)
    return RefineState(settings, locked, standing.after(current, 0))


def advance(
    problem: Problem,
    state: RefineState,
    rounds: int,
    *,
    report: Report = silent,
    stop: Stop = never,
) -> RefineState:
    """Run up to so many rounds more; one that the stop cuts short is left to the next time."""
    settings, standing = state.settings, state.standing
    current = standing.evaluator(problem)
    number, over = state.round, state.over
    end = min(number + rounds, settings.rounds)
    while number < end and not over and not stop():
        if current.mse <= 0:
            over = True
            break
        # every round draws its own sample, whatever was drawn before it
        rng = np.random.default_rng((standing.seed, number))
        kept = _round(problem, current, settings, rng, state.locked, stop)
        if kept is None:
            break
        standing, number, over = standing.after(current, kept), number + 1, not kept
        note = f"{standing.accepted} kept"
        report(Progress(number, settings.rounds, current.mse, current.mse, note))
    return replace(state, standing=standing, round=number, over=over)
