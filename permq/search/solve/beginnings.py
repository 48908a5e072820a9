"""Where the attempts of the joint search start: pairings with orders, the cheapest guesses first.

The most probable pairs with the best seeds of the order cost next to nothing and suffice for well
trained networks. Where weights say little, the answers themselves are regressed on a network whose
layers run everywhere with everything (`permq.search.homotopy`): one contraction costs seconds to a
minute and often ends with every pair right and the order wrong by a few neighbours. Contractions
differ by their rows, by how far they believe the scores of the weights, and by how fast they
contract; one in a few finds a network that the others miss.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.ordering.depth import DepthSettings, order_by_homotopy
from permq.ordering.paired import Paired
from permq.ordering.table import seed_orders
from permq.pairing.assignment import assign
from permq.search.homotopy import HomotopySettings, homotopy
from permq.search.problem import Problem
from permq.search.solve.session import Session

_SEEDS = ("last-alignment", "output-norm", "output-sum", "greedy-by-state", "input-norm")
_ENTRIES = 4000  # rows times outputs of a contraction at the most
_SURE = 0.98  # mean largest probability of a pair


@dataclass(frozen=True, eq=False)
class Beginning:
    """Where one attempt starts.

    Parameters
    ----------
    name
        What it is, for people.
    inp, out
        (L,) local indices in running order.
    patience, doubtful
        Kicks without gain that it deserves where the descent from it comes close, and where it
        does not.
    """

    name: str
    inp: Indices
    out: Indices
    patience: int
    doubtful: int


@dataclass(frozen=True)
class Contraction:
    """One way to contract.

    Parameters
    ----------
    rows
        Rows of every regression.
    prior
        Weight of the log-probabilities that the scores give the pairs.
    trust
        Weight of a regression's log-odds.
    steps
        Regressions.
    """

    rows: int = 2000
    prior: float = 0.4
    trust: float = 0.3
    steps: int = 30

    def settings(self) -> HomotopySettings:
        """The settings of the homotopy."""
        depth = DepthSettings(steps=self.steps, widest=0.5)
        return HomotopySettings(rows=self.rows, trust=self.trust, depth=depth)


_FIRST = (
    Contraction(rows=1000, steps=20),
    Contraction(trust=0.15, steps=45),
    Contraction(),
    Contraction(prior=1.0),
    Contraction(prior=0.0),
    Contraction(prior=0.0, trust=0.15, steps=45),
)


def _contractions(rng: np.random.Generator) -> Iterator[Contraction]:
    """Ways to contract without end: the proven ones, then drawn ones."""
    yield from _FIRST
    while True:
        yield Contraction(
            prior=float(rng.choice([0.0, 0.25, 0.5, 1.0])),
            trust=float(np.exp(rng.uniform(np.log(0.1), np.log(0.5)))),
            steps=int(rng.integers(25, 60)),
        )


def contracted(session: Session, wide: Problem, logits: Array, how: Contraction) -> Beginning:
    """The arrangement in which a contraction ends."""
    found = homotopy(wide, how.settings(), session.rng, prior=how.prior * logits, stop=session.stop)
    name = f"contraction of {how.rows} rows, prior {how.prior:.2g}, trust {how.trust:.2g}"
    return Beginning(name, found.inp, found.out, patience=12, doubtful=0)


def beginnings(
    session: Session, puzzle: Puzzle, problem: Problem, logits: Array
) -> Iterator[Beginning]:
    """Pairings and orders to start from, the most promising for their price first, without end."""
    rng = session.rng
    pair = assign(-logits)
    sure = float(np.exp(logits.max(axis=1)).mean()) >= _SURE
    few = slice(0, session.settings.seed_rows)
    seeds = seed_orders(Paired(problem.network, pair, problem.x[few], problem.pred[few]), _SEEDS)
    most = max(1, _ENTRIES // puzzle.outputs)
    wide = session.problem(puzzle, session.rows(most))

    def seeded(number: int, patience: int) -> Beginning:
        seed = seeds[number]
        name = f"{seed.name} {seed.direction}"
        return Beginning(name, seed.inp, seed.out, patience, patience // 3)

    yield seeded(0, 0)
    order = order_by_homotopy(Paired(problem.network, pair, wide.x, wide.pred), stop=session.stop)
    yield Beginning("depth homotopy", order, pair[order], 3 if sure else 0, 0)
    for number, how in enumerate(_contractions(rng)):
        yield contracted(session, wide, logits, how)
        # a wrong pair makes a landscape full of pits: kicks are best spent where pairs are right
        if sure and number == 0:
            yield Beginning("depth homotopy, kicked", order, pair[order], 10, 10)
        if number % 2 or sure:
            yield seeded(number // 2 % len(seeds), 10)
        if number >= len(_FIRST):
            yield drawn(problem, logits, min(2.0, 0.25 * (number - len(_FIRST))), rng)


def drawn(problem: Problem, logits: Array, heat: float, rng: np.random.Generator) -> Beginning:
    """Pairs drawn with probability proportional to their score, tempered, in a random order."""
    pair = assign(-(logits + heat * rng.gumbel(size=logits.shape)))
    order = rng.permutation(problem.blocks)
    return Beginning(f"random order, pairs drawn at {heat:.2g}", order, pair[order], 5, 1)
