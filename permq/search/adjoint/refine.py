"""Adjoint refinement: descend by the moves that the adjoint ranks best, each evaluated exactly.

A round computes the first-order effects around the current arrangement on a fresh sample of rows,
ranks all moves, evaluates the most promising exactly and keeps those that improve. Where no single
move does, pairs of moves at disjoint places are ranked by the sum of their effects: that leaves
most of the local optima in which single moves are stuck.
"""

from dataclasses import dataclass

import numpy as np

from permq.core.delta import Evaluator
from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.search.adjoint.candidates import Candidates, candidates
from permq.search.adjoint.effects import effects
from permq.search.problem import Problem, Progress, Report, Result, silent
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
    free = np.array([t for t in range(problem.blocks) if t not in locked], np.intp)
    rows = max(1, min(len(problem.x), settings.sample // problem.network.outputs))
    kept = 0
    for number in range(settings.rounds):
        if stop() or current.mse <= target:
            break
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
            break
        moves = candidates(found, order=settings.order, free=free, reach=settings.reach)
        ranking = np.argsort(moves.predicted(found.error), kind="stable")
        changed = _try_singles(current, moves, ranking, settings)
        if not changed and settings.pairs:
            changed = _try_pairs(current, moves, found.error, ranking, settings)
        kept += changed
        report(Progress(number + 1, settings.rounds, current.mse, current.mse, f"{kept} kept"))
        if not changed:
            break
    return kept


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
    current = problem.evaluator(inp, out)
    start = current.mse
    kept = descend(
        problem,
        current,
        settings,
        np.random.default_rng(seed),
        locked=locked,
        report=report,
        stop=stop,
    )
    return Result(current.inp, current.out, current.mse, start, current.evaluations, kept)
