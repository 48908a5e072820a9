"""What a change of the arrangement does to the cost, without running what it does not touch.

A change that touches positions ≥ `first` needs the blocks from there on only: the states of the
current arrangement are kept. Rows are cut into chunks; once the squared error of the chunks seen so
far exceeds what the acceptance threshold allows for all rows together, the proposal is decided and
the remaining chunks are left out. Both are exact, see `tests/unit/core/test_delta.py`.
"""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Floats, Indices, Puzzle


def chunk_sizes(rows: int, smallest: int = 32) -> list[int]:
    """Sizes that double from small: a hopeless proposal costs little, a good one hardly more."""
    sizes: list[int] = []
    size = smallest
    while rows > 0:
        taken = rows if rows < 2 * size else size
        sizes.append(taken)
        rows -= taken
        size = min(2 * size, 512)
    return sizes


class _Chunk:
    """Some rows: their targets, states of the current arrangement and of a proposal, buffers.

    A *stream* is a state without its row of ones, the part that a block writes.
    """

    def __init__(self, network: Network, x: Floats, pred: Floats) -> None:
        columns = network.columns(x)
        self.size = len(x)
        self.targets = np.ascontiguousarray(pred.T, network.dtype)  # (m, n)
        kept, tried = np.ones((2, network.blocks, *columns.shape), network.dtype)
        self.states = [columns, *kept]  # L + 1 times (d + 1, n)
        self.trials = [columns, *tried]
        self.streams = [state[: network.width] for state in self.states]  # (d, n)
        self.trial_streams = [state[: network.width] for state in self.trials]
        self.hidden = np.ones((network.hidden + 1, self.size), network.dtype)
        self.units = self.hidden[: network.hidden]
        self.zeros = np.zeros_like(self.units)
        self.change = np.empty_like(self.streams[0])

    def take(self, first: int) -> None:
        """Make the proposal's states from `first` on the current ones."""
        for mine, other in ((self.states, self.trials), (self.streams, self.trial_streams)):
            mine[first:], other[first:] = other[first:], mine[first:]


class Evaluator:
    """The states of a current arrangement on a row subset, and proposals against it.

    Parameters
    ----------
    network
        The layers, float32.
    x, pred
        (n, d) inputs and (n, m) answers of the rows to use.
    inp, out
        (L,) local indices of the current arrangement in running order.
    sizes
        Rows per chunk, in sum n; by default `chunk_sizes(n)`.
    """

    def __init__(
        self,
        network: Network,
        x: Floats,
        pred: Floats,
        inp: Indices,
        out: Indices,
        sizes: Sequence[int] | None = None,
    ) -> None:
        self.network = network
        self.count = pred.size
        self.evaluations = 0
        self.block_rows = 0  # work done, in blocks times rows
        self.looked = 0  # chunks that the last proposal needed
        self._relu = network.activation.name == "relu"
        hidden, width = network.hidden, network.width
        # without the rows of ones, which are there from the start in every state and buffer
        self._inward = [weight[:hidden] for weight in network.inward]
        self._outward = [weight[:width] for weight in network.outward]
        self._chunks: list[_Chunk] = []
        first = 0
        for size in sizes if sizes is not None else chunk_sizes(len(x)):
            rows = slice(first, first + size)
            self._chunks.append(_Chunk(network, x[rows], pred[rows]))
            first += size
        self.inp, self.out = np.array(inp, np.intp), np.array(out, np.intp)
        self.reset(self.inp, self.out)

    @classmethod
    def of(
        cls, puzzle: Puzzle, inp: Indices, out: Indices, rows: Indices | None = None
    ) -> "Evaluator":
        """Evaluator of a puzzle on some of its rows (all by default)."""
        if rows is None:
            return cls(Network(puzzle), puzzle.x, puzzle.pred, inp, out)
        return cls(Network(puzzle), puzzle.x[rows], puzzle.pred[rows], inp, out)

    def reset(self, inp: Indices, out: Indices) -> float:
        """Make another arrangement the current one; returns its cost."""
        self.propose(inp, out, 0)
        return self.accept()

    # an absurd proposal may overflow: its cost is then inf, and no warning is wanted
    @np.errstate(over="ignore", invalid="ignore")
    def propose(self, inp: Indices, out: Indices, first: int, limit: float = np.inf) -> float:
        """Cost of an arrangement that differs from the current one at positions ≥ `first` only.

        Parameters
        ----------
        inp, out
            (L,) local indices in running order.
        first
            The first position that differs.
        limit
            Stop as soon as the cost must exceed this.

        Returns
        -------
        float
            Mean squared error on these rows, or inf when it exceeds `limit`. Only a finite
            cost may be accepted.
        """
        total, allowed = 0.0, limit * self.count
        inward, outward, readout = self._inward, self._outward, self.network.readout
        dot, add, maximum = np.dot, np.add, np.maximum
        relu, activate = self._relu, self.network.activation.apply
        pairs = list(zip(inp[first:].tolist(), out[first:].tolist(), strict=True))
        self._proposal = (inp, out, first)
        self.evaluations += 1
        for looked, chunk in enumerate(self._chunks, 1):
            self.looked = looked
            state, stream, position = chunk.states[first], chunk.streams[first], first
            trials, trial_streams = chunk.trials, chunk.trial_streams
            hidden, units, zeros, change = chunk.hidden, chunk.units, chunk.zeros, chunk.change
            self.block_rows += len(pairs) * chunk.size
            for a, o in pairs:
                position += 1
                dot(inward[a], state, out=units)
                if relu:  # with an array of zeros four times as fast as with the number
                    maximum(units, zeros, out=units)
                else:
                    activate(units)
                dot(outward[o], hidden, out=change)
                after = trial_streams[position]
                add(stream, change, out=after)
                state, stream = trials[position], after
            error = dot(readout, state)
            error -= chunk.targets
            flat = error.ravel()
            total += float(dot(flat, flat))
            if total > allowed:
                return np.inf
        self._proposed = total / self.count if isfinite(total) else np.inf
        return self._proposed

    def row_errors(self) -> Array:
        """(n,) squared errors of the current arrangement, summed over the outputs."""
        errors = [
            np.sum((self.network.readout @ chunk.states[-1] - chunk.targets) ** 2, axis=0)
            for chunk in self._chunks
        ]
        return np.concatenate(errors)

    def accept(self) -> float:
        """Make the last proposal, which must have had a finite cost, the current one."""
        inp, out, first = self._proposal
        for chunk in self._chunks:
            chunk.take(first + 1)
        self.inp, self.out = np.array(inp, np.intp), np.array(out, np.intp)
        self.mse = self._proposed
        return self.mse
