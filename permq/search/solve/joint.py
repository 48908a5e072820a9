"""The long way: pairs and order searched together from many beginnings until the budget ends.

A beginning is a pairing (the most probable, then draws from the pair probabilities) with an order
(the best seeds in both directions, then random). Each is descended by the adjoint with the pairs
held, then with re-pairing, then kicked for as long as that helps. Between beginnings the best
arrangements so far are kicked further.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.ordering.paired import Paired
from permq.ordering.table import seed_orders
from permq.pairing.assignment import assign
from permq.pairing.ensemble import probabilities
from permq.search.adjoint.refine import RefineSettings, descend
from permq.search.iterated import IterateSettings, iterate
from permq.search.problem import Problem
from permq.search.solve.session import Session

_ORDER = RefineSettings()
_REPAIR = RefineSettings(repair=True)
_SEEDS = ("last-alignment", "output-norm", "output-sum", "greedy-by-state", "input-norm")


@dataclass(frozen=True, eq=False)
class Beginning:
    """Where one attempt starts."""

    name: str
    inp: Indices
    out: Indices


def pairing_logits(session: Session, puzzle: Puzzle, sure: Indices | None) -> Array:
    """(L, L) log-probabilities of the pairs."""
    begun = perf_counter()
    if sure is not None:
        likely = np.full((puzzle.blocks, puzzle.blocks), 1e-4)
        likely[np.arange(puzzle.blocks), sure] = 1.0
    else:
        likely = probabilities(puzzle)
    session.seconds["pair"] += perf_counter() - begun
    return np.asarray(np.log(np.maximum(likely, 1e-12)))


def beginnings(session: Session, problem: Problem, logits: Array) -> Iterator[Beginning]:
    """Pairings and orders to start from, the most promising first, without end."""
    rng = session.rng
    pair = assign(-logits)
    few = slice(0, session.settings.seed_rows)
    seeds = seed_orders(Paired(problem.network, pair, problem.x[few], problem.pred[few]), _SEEDS)
    for seed in seeds[:2]:
        yield Beginning(f"{seed.name} {seed.direction}", seed.inp, seed.out)
    heat = 0.0
    while True:
        order = rng.permutation(problem.blocks)
        # Gumbel noise draws pairings with probability proportional to their score, tempered
        drawn = assign(-(logits + heat * rng.gumbel(size=logits.shape)))
        yield Beginning(f"random order, pairs drawn at {heat:.2g}", order, drawn[order])
        heat = min(2.0, heat + 0.25)


def attempt(session: Session, puzzle: Puzzle, problem: Problem, beginning: Beginning) -> None:
    """Descend from one beginning and kick for as long as it helps."""
    begun = perf_counter()
    current = problem.evaluator(beginning.inp, beginning.out)
    rng, target = session.rng, session.target
    descend(problem, current, _ORDER, rng, target=target, stop=session.stop)
    session.stage(f"{beginning.name}: order", current.mse)
    if not session.consider(puzzle, current.inp, current.out, current.mse):
        descend(problem, current, _REPAIR, rng, target=target, stop=session.stop)
        session.stage(f"{beginning.name}: pairs and order", current.mse)
        session.consider(puzzle, current.inp, current.out, current.mse)
    kick(session, puzzle, problem, current.inp, current.out, patience=8)
    session.evaluations += current.evaluations
    session.seconds["order"] += perf_counter() - begun


def kick(
    session: Session, puzzle: Puzzle, problem: Problem, inp: Indices, out: Indices, patience: int
) -> None:
    """Iterate from an arrangement, first with its pairs held, then with re-pairing."""
    current = problem.evaluator(inp, out)
    for settings in (
        IterateSettings(patience=patience, descent=_ORDER),
        IterateSettings(patience=patience, repairing=0.3, descent=_REPAIR),
    ):
        if session.stop():
            break
        iterate(
            problem,
            current,
            settings,
            session.rng,
            target=session.target,
            stop=session.stop,
            found=lambda a, b, mse: session.consider(puzzle, a, b, mse),
        )
    session.stage("kicks", current.mse)
    session.evaluations += current.evaluations


def search_jointly(session: Session, puzzle: Puzzle, sure: Indices | None) -> None:
    """Search until the answer is found or the budget ends."""
    problem = session.problem(puzzle, session.rows(session.settings.rows))
    logits = pairing_logits(session, puzzle, sure)
    session.stage("pairs by ensemble", None)
    most = session.settings.attempts
    for beginning in beginnings(session, problem, logits):
        if session.stop() or (most is not None and session.attempts >= most):
            break
        session.attempts += 1
        attempt(session, puzzle, problem, beginning)
        best = session.best
        if best is not None and not session.stop() and session.attempts % 3 == 0:
            kick(session, puzzle, problem, *puzzle.indices(best.arrangement), patience=20)
