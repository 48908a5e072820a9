"""What a pairing score is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from permq.core.puzzle import Indices, Puzzle
from permq.pairing.assignment import Costs, assign


@dataclass(frozen=True)
class Score:
    """A measure of how well each output layer fits each input layer.

    Parameters
    ----------
    name
        What the command line calls it.
    function
        (puzzle) -> (L, L) float64; row = input layer, column = output layer.
    better
        Whether right pairs have the lower or the higher values.
    title
        One line for tables: what it measures.
    """

    name: str
    function: Callable[[Puzzle], Costs]
    better: Literal["lower", "higher"]
    title: str

    def values(self, puzzle: Puzzle) -> Costs:
        """(L, L) float64 in the score's own direction."""
        return self.function(puzzle)

    def cost(self, puzzle: Puzzle) -> Costs:
        """(L, L) float64, lower is better."""
        values = self.function(puzzle)
        return values if self.better == "lower" else -values

    def pairing(self, puzzle: Puzzle) -> Indices:
        """(L,) intp pairing of least cost under this score."""
        return assign(self.cost(puzzle))
