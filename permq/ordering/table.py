"""All seeds of one pairing, in both directions, judged by the cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from permq.core.puzzle import Indices
from permq.errors import OptionError
from permq.ordering.paired import Paired
from permq.ordering.registry import SEEDS


@dataclass(frozen=True, eq=False)
class SeedOrder:
    """One guess of the order.

    Parameters
    ----------
    name, direction
        The seed, and `forward` or `reversed`.
    inp, out
        (L,) local indices in running order.
    mse
        On the rows of the blocks it was made from; inf when the order overflows.
    seconds
        To make the guess, once for both directions.
    """

    name: str
    direction: str
    inp: Indices
    out: Indices
    mse: float
    seconds: float


def seed_orders(blocks: Paired, names: Iterable[str] | None = None) -> list[SeedOrder]:
    """Orders of the named seeds (all by default) in both directions, best cost first.

    Raises
    ------
    OptionError
        When a name is no seed.
    """
    found = []
    for name in SEEDS if names is None else names:
        if name not in SEEDS:
            raise OptionError(f"no seed named {name!r}; choose {', '.join(SEEDS)}")
        begun = perf_counter()
        forward = SEEDS[name].order(blocks)
        seconds = perf_counter() - begun
        for direction, order in (("forward", forward), ("reversed", forward[::-1].copy())):
            mse = blocks.cost(order)
            mse = mse if np.isfinite(mse) else np.inf
            found.append(SeedOrder(name, direction, order, blocks.pair[order], mse, seconds))
    return sorted(found, key=lambda guess: guess.mse)
