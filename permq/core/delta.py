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
    """Sizes that begin small and double: a hopeless proposal costs little, a good one hardly more."""
    sizes: list[int] = []
    size = smallest
    while rows > 0:
        taken = rows if rows < 2 * size else size
        sizes.append(taken)
        rows -= taken
        size = min(2 * size, 512)
    return sizes


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
        blocks = network.blocks
        self._targets: list[Array] = []
        self._states: list[list[Array]] = []
        self._trials: list[list[Array]] = []
        self._hidden: list[Array] = []
        self._zeros: list[Array] = []
        self._change: list[Array] = []
        first = 0
        for size in sizes if sizes is not None else chunk_sizes(len(x)):
            columns = network.columns(x[first : first + size])
            self._targets.append(np.ascontiguousarray(pred[first : first + size].T, network.dtype))
            self._states.append([columns, *np.empty((blocks, *columns.shape), network.dtype)])
            self._trials.append([columns, *np.empty((blocks, *columns.shape), network.dtype)])
            self._hidden.append(np.empty((network.hidden + 1, size), network.dtype))
            self._zeros.append(np.zeros_like(self._hidden[-1]))
            self._change.append(np.empty_like(columns))
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
        network, total = self.network, 0.0
        allowed = limit * self.count
        inward, outward, readout = network.inward, network.outward, network.readout
        relu, activate = network.activation.name == "relu", network.activate
        dot, add, maximum = np.dot, np.add, np.maximum
        pairs = list(zip(inp[first:].tolist(), out[first:].tolist(), strict=True))
        self._proposal = (inp, out, first)
        self.evaluations += 1
        for targets, states, trials, hidden, zeros, change in zip(
            self._targets,
            self._states,
            self._trials,
            self._hidden,
            self._zeros,
            self._change,
            strict=True,
        ):
            state, position = states[first], first
            self.block_rows += len(pairs) * targets.shape[1]
            for a, o in pairs:
                position += 1
                after = trials[position]
                dot(inward[a], state, out=hidden)
                if relu:  # with an array of zeros four times as fast as with the number
                    maximum(hidden, zeros, out=hidden)
                else:
                    activate(hidden)
                dot(outward[o], hidden, out=change)
                add(state, change, out=after)
                state = after
            error = dot(readout, state)
            error -= targets
            flat = error.ravel()
            total += float(dot(flat, flat))
            if total > allowed:
                return np.inf
        self._proposed = total / self.count if isfinite(total) else np.inf
        return self._proposed

    def row_errors(self) -> Array:
        """(n,) squared errors of the current arrangement, summed over the outputs."""
        errors = [
            np.sum((self.network.readout @ states[-1] - targets) ** 2, axis=0)
            for states, targets in zip(self._states, self._targets, strict=True)
        ]
        return np.concatenate(errors)

    def accept(self) -> float:
        """Make the last proposal, which must have had a finite cost, the current one."""
        inp, out, first = self._proposal
        for states, trials in zip(self._states, self._trials, strict=True):
            states[first + 1 :], trials[first + 1 :] = trials[first + 1 :], states[first + 1 :]
        self.inp, self.out = np.array(inp, np.intp), np.array(out, np.intp)
        self.mse = self._proposed
        return self.mse
