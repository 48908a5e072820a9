"""The dropped network put together: forward, states and adjoints, on numpy.

Inside, a state is a matrix of *columns*: (d + 1, n), one column per data row, whose last row is all
ones. Weights carry their bias as one more column, so that one matrix product adds it; products of
this shape ran 1.2 to 1.5 times as fast as rows with a separate bias at 32 to 256 rows. Everything
public speaks (n, d).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from permq.core.activations import ACTIVATIONS
from permq.core.puzzle import Indices, Puzzle

Array = NDArray[Any]


class Network:
    """A puzzle's layers, ready to run in any arrangement.

    Parameters
    ----------
    puzzle
        Whose layers to take.
    dtype
        float32 for the search, float64 for verification.
    """

    def __init__(self, puzzle: Puzzle, dtype: Any = np.float32) -> None:
        blocks, hidden, width = puzzle.w_in.shape
        self.blocks, self.hidden, self.width = blocks, hidden, width
        self.outputs = puzzle.outputs
        self.dtype = np.dtype(dtype)
        self.activation = ACTIVATIONS[puzzle.activation]
        self.inward = np.zeros((blocks, hidden + 1, width + 1), dtype)  # W_in | b_in
        self.inward[:, :hidden, :width] = puzzle.w_in
        self.inward[:, :hidden, width] = puzzle.b_in
        self.inward[:, hidden, width] = 1  # carries the row of ones into the hidden units
        self.outward = np.zeros((blocks, width + 1, hidden + 1), dtype)  # W_out | b_out
        self.outward[:, :width, :hidden] = puzzle.w_out
        self.outward[:, :width, hidden] = puzzle.b_out
        self.readout = np.concatenate([puzzle.w_last, puzzle.b_last[:, None]], 1).astype(dtype)

    def columns(self, x: Array) -> Array:
        """(n, d) rows as (d + 1, n) columns with the row of ones."""
        state = np.ones((self.width + 1, len(x)), self.dtype)
        state[: self.width] = x.T
        return state

    def activate(self, hidden: Array) -> None:
        """Apply the activation to (h + 1, n) hidden columns in place, all but the ones."""
        if self.activation.name == "relu":  # max(1, 0) = 1: the whole buffer in one call
            np.maximum(hidden, 0, out=hidden)
        else:
            self.activation.apply(hidden[: self.hidden])

    def step(self, a: int, o: int, state: Array, out: Array, hidden: Array, change: Array) -> None:
        """Run block (a, o): `out` = `state` + f(`state`), with two buffers to work in."""
        np.dot(self.inward[a], state, out=hidden)
        self.activate(hidden)
        np.dot(self.outward[o], hidden, out=change)
        np.add(state, change, out=out)

    def column_states(self, inp: Indices, out: Indices, state: Array) -> Array:
        """(L + 1, d + 1, n) states in running order, from the columns of the inputs."""
        states = np.empty((len(inp) + 1, *state.shape), self.dtype)
        states[0] = state
        hidden = np.empty((self.hidden + 1, state.shape[1]), self.dtype)
        change = np.empty_like(state)
        for t in range(len(inp)):
            self.step(inp[t], out[t], states[t], states[t + 1], hidden, change)
        return states

    def column_hidden(self, a: int, state: Array) -> Array:
        """(h + 1, n) activated hidden units of input layer `a`, with the row of ones."""
        hidden = np.dot(self.inward[a], state)
        self.activate(hidden)
        return np.asarray(hidden)

    def states(self, inp: Indices, out: Indices, x: Array) -> Array:
        """The residual stream before every block and at the end.

        Parameters
        ----------
        inp, out
            (L,) local indices in running order.
        x
            (n, d) inputs.

        Returns
        -------
        (L + 1, n, d) array
        """
        return self.column_states(inp, out, self.columns(x))[:, : self.width].transpose(0, 2, 1)

    def predict(self, state: Array) -> Array:
        """(n, m) answer of the last layer at (n, d) final states."""
        return np.asarray(state @ self.readout[:, :-1].T + self.readout[:, -1])

    def forward(self, inp: Indices, out: Indices, x: Array) -> Array:
        """(n, m) answer of the network in the given running order at (n, d) inputs."""
        hidden, width = self.hidden, self.width
        state = self.columns(x)
        stream = state[:width]  # without the row of ones, which stays
        units = np.ones((hidden + 1, len(x)), self.dtype)
        live = units[:hidden]
        change, zeros = np.empty_like(stream), np.zeros_like(live)
        relu, activation = self.activation.name == "relu", self.activation
        for a, o in zip(inp, out, strict=True):
            np.dot(self.inward[a, :hidden], state, out=live)
            if relu:  # with an array of zeros four times as fast as with the number
                np.maximum(live, zeros, out=live)
            else:
                activation.apply(live)
            np.dot(self.outward[o, :width], units, out=change)
            stream += change
        return np.asarray((self.readout @ state).T)

    def hidden_units(self, a: int, x: Array) -> Array:
        """(n, h) activated hidden units of input layer `a` at (n, d) states."""
        return self.column_hidden(a, self.columns(x))[: self.hidden].T

    def block(self, a: int, o: int, x: Array) -> Array:
        """(n, d) change f_ao(x) that block (a, o) makes at (n, d) states."""
        hidden = self.column_hidden(a, self.columns(x))
        return np.asarray((self.outward[o, : self.width] @ hidden).T)

    def pull_back(self, a: int, o: int, state: Array, adjoint: Array) -> Array:
        """Adjoint before block (a, o) from the adjoint after it.

        Parameters
        ----------
        state
            (d + 1, n) columns before the block.
        adjoint
            (m, d, n) derivative of each output with respect to the state after the block.

        Returns
        -------
        (m, d, n) array
        """
        slope = self.activation.apply_with_slope(np.dot(self.inward[a, : self.hidden], state))
        back = np.matmul(self.outward[o, : self.width, : self.hidden].T, adjoint)
        back *= slope
        return np.asarray(adjoint + np.matmul(self.inward[a, : self.hidden, : self.width].T, back))

    def column_adjoints(self, inp: Indices, out: Indices, states: Array) -> Array:
        """(L + 1, m, d, n) derivatives of the outputs, from `column_states`."""
        blocks, columns = len(inp), states.shape[2]
        adjoints = np.empty((blocks + 1, self.outputs, self.width, columns), self.dtype)
        adjoints[blocks] = self.readout[:, :-1, None]
        for t in range(blocks - 1, -1, -1):
            adjoints[t] = self.pull_back(inp[t], out[t], states[t], adjoints[t + 1])
        return adjoints

    def adjoints(self, inp: Indices, out: Indices, states: Array) -> Array:
        """Derivative of every output with respect to every state (reverse mode).

        Parameters
        ----------
        inp, out
            (L,) local indices in running order.
        states
            (L + 1, n, d) from `states`.

        Returns
        -------
        (m, L + 1, n, d) array
        """
        columns = np.ones((len(states), self.width + 1, states.shape[1]), self.dtype)
        columns[:, : self.width] = states.transpose(0, 2, 1)
        return self.column_adjoints(inp, out, columns).transpose(1, 0, 3, 2)
