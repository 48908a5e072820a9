"""The blocks that a pairing makes, and the rows on which to look at them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Floats, Indices, Puzzle


@dataclass(frozen=True, eq=False)
class Paired:
    """Blocks in no order yet; block `a` is input layer `a` with the output layer `pair[a]`.

    Parameters
    ----------
    network
        The layers.
    pair
        (L,) local index of the output layer of every input layer.
    x, pred
        (n, d) inputs and (n, m) answers of the rows to look at.
    """

    network: Network
    pair: Indices
    x: Floats
    pred: Floats

    @classmethod
    def of(cls, puzzle: Puzzle, pair: Indices, rows: int | None = None) -> "Paired":
        """Blocks of a puzzle on its first `rows` rows, all by default."""
        return cls(Network(puzzle), np.asarray(pair, np.intp), puzzle.x[:rows], puzzle.pred[:rows])

    @property
    def blocks(self) -> int:
        """Number of blocks, L."""
        return len(self.pair)

    @property
    def w_in(self) -> Array:
        """(L, h, d) input weights."""
        network = self.network
        return network.inward[:, : network.hidden, : network.width]

    @property
    def b_in(self) -> Array:
        """(L, h) input biases."""
        return self.network.inward[:, : self.network.hidden, self.network.width]

    @cached_property
    def w_out(self) -> Array:
        """(L, d, h) output weights of the blocks."""
        network = self.network
        return np.asarray(network.outward[self.pair, : network.width, : network.hidden])

    @cached_property
    def b_out(self) -> Array:
        """(L, d) output biases of the blocks."""
        return np.asarray(
            self.network.outward[self.pair, : self.network.width, self.network.hidden]
        )

    @property
    def w_last(self) -> Array:
        """(m, d) weights of the last layer."""
        return self.network.readout[:, :-1]

    @cached_property
    def columns(self) -> Array:
        """(d + 1, n) inputs as columns with the row of ones."""
        return self.network.columns(self.x)

    @cached_property
    def targets(self) -> Array:
        """(m, n) answers as columns."""
        return np.ascontiguousarray(self.pred.T, self.network.dtype)

    def change(self, a: int, state: Array) -> Array:
        """(d + 1, n) change f_a that block `a` makes at (d + 1, n) columns; its last row is 0."""
        return np.asarray(self.network.outward[self.pair[a]] @ self.network.column_hidden(a, state))

    def cost(self, order: Indices) -> float:
        """Mean squared error of an order of all blocks, (L,), on these rows."""
        error = self.network.forward(order, self.pair[order], self.x) - self.pred
        # an absurd order may overflow, which is an honest answer
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.mean(error.astype(np.float64) ** 2))
