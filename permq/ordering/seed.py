"""What a seed of the order is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.ordering.paired import Paired


@dataclass(frozen=True)
class Seed:
    """A way to guess the order of the blocks.

    Parameters
    ----------
    name
        What the command line calls it.
    function
        (blocks) -> (L,) input layers in running order.
    title
        One line for tables: how it decides.
    quick
        Whether it takes a fraction of a second on a usual puzzle.
    """

    name: str
    function: Callable[[Paired], Indices]
    title: str
    quick: bool = True

    def order(self, blocks: Paired, *, reverse: bool = False) -> Indices:
        """(L,) local indices of the input layers in running order, or in its reverse."""
        order = self.function(blocks)
        return order[::-1].copy() if reverse else order


def by_measure(name: str, measure: Callable[[Paired], Array], title: str) -> Seed:
    """Make a seed that runs the blocks by an ascending measure, (L,) by input layer."""

    def ascending(blocks: Paired) -> Indices:
        return np.argsort(measure(blocks), kind="stable").astype(np.intp)

    return Seed(name, ascending, title)
