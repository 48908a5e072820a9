"""Where the attempts of the joint search start: pairings with orders, the cheapest guesses first.

The most probable pairs with the best seeds of the order cost next to nothing and suffice for well
trained networks. Where weights say little, the answers themselves are regressed on a network whose
layers run everywhere with everything (`permq.search.homotopy`): one contraction costs seconds to a
minute and often ends with every pair right and the order wrong by a few neighbours. Contractions
differ by their rows, by how far they believe the scores of the weights, and by how fast they
contract; one in a few finds a network that the others miss.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count, islice

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


def _contraction(number: int, rng: np.random.Generator) -> Contraction:
    """One of the ways to contract: the proven ones first, then drawn ones."""
    if number < len(_FIRST):
        return _FIRST[number]
    return Contraction(
        prior=float(rng.choice([0.0, 0.25, 0.5, 1.0])),
        trust=float(np.exp(rng.uniform(np.log(0.1), np.log(0.5)))),
        steps=int(rng.integers(25, 60)),
    )


def contracted(session: Session, wide: Problem, logits: Array, how: Contraction) -> Beginning:
    """The arrangement in which a contraction ends."""
    found = homotopy(wide, how.settings(), session.rng, prior=how.prior * logits, stop=session.stop)
    name = f"contraction of {how.rows} rows, prior {how.prior:.2g}, trust {how.trust:.2g}"
    return Beginning(name, found.inp, found.out, patience=12, doubtful=0)


class Beginnings:
    """Pairings and orders to start from, by number, the most promising for their price first.

    Parameters
    ----------
    session
        Whose random numbers are used whenever something is drawn.
    puzzle, problem
        What is arranged, and the rows it is searched on.
    logits
        (L, L) log-probabilities of the pairs.
    """

    def __init__(self, session: Session, puzzle: Puzzle, problem: Problem, logits: Array) -> None:
        self._session, self._problem, self._logits = session, problem, logits
        self._pair = assign(-logits)
        self._sure = float(np.exp(logits.max(axis=1)).mean()) >= _SURE
        few = slice(0, session.settings.seed_rows)
        seen = Paired(problem.network, self._pair, problem.x[few], problem.pred[few])
        self._seeds = seed_orders(seen, _SEEDS)
        self._wide = session.problem(puzzle, session.rows(max(1, _ENTRIES // puzzle.outputs)))

    def __iter__(self) -> Iterator[Beginning]:
        """All of them, without end; none is made before it is asked for."""
        return (make() for make in self._makers())

    def at(self, number: int) -> Beginning:
        """Only this one, from 0."""
        return next(islice(self._makers(), number, None))()

    def _makers(self) -> Iterator[Callable[[], Beginning]]:
        yield partial(self._seeded, 0, 0)
        yield partial(self._ordered, "depth homotopy", 3 if self._sure else 0, 0)
        for number in count():
            yield partial(self._contracted, number)
            # a wrong pair makes a landscape full of pits: kicks are best spent where pairs are
            # right
            if self._sure and number == 0:
                yield partial(self._ordered, "depth homotopy, kicked", 10, 10)
            if number % 2 or self._sure:
                yield partial(self._seeded, number // 2 % len(self._seeds), 10)
            if number >= len(_FIRST):
                yield partial(self._drawn, min(2.0, 0.25 * (number - len(_FIRST))))

    def _seeded(self, number: int, patience: int) -> Beginning:
        seed = self._seeds[number]
        name = f"{seed.name} {seed.direction}"
        return Beginning(name, seed.inp, seed.out, patience, patience // 3)

    def _ordered(self, name: str, patience: int, doubtful: int) -> Beginning:
        order = self._depth_order
        return Beginning(name, order, self._pair[order], patience, doubtful)

    @cached_property
    def _depth_order(self) -> Indices:
        wide, network = self._wide, self._problem.network
        seen = Paired(network, self._pair, wide.x, wide.pred)
        return order_by_homotopy(seen, stop=self._session.stop)

    def _contracted(self, number: int) -> Beginning:
        how = _contraction(number, self._session.rng)
        return contracted(self._session, self._wide, self._logits, how)

    def _drawn(self, heat: float) -> Beginning:
        return drawn(self._problem, self._logits, heat, self._session.rng)


def drawn(problem: Problem, logits: Array, heat: float, rng: np.random.Generator) -> Beginning:
    """Pairs drawn with probability proportional to their score, tempered, in a random order."""
    pair = assign(-(logits + heat * rng.gumbel(size=logits.shape)))
    order = rng.permutation(problem.blocks)
    return Beginning(f"random order, pairs drawn at {heat:.2g}", order, pair[order], 5, 1)
