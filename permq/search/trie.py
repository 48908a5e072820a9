"""Many arrangements walked together, position by position, as a trie.

The arrangements of a neighbourhood differ from the current one, and from each other, in few
places. Those that agree up to a position share one state there, a *node*; the beginning that they
share with the current arrangement comes from its kept states; and all nodes that run the same block
next run it in one matrix product, which makes even a handful of rows worth a product.

A block is written as one number here, its *token*: input layer times L plus output layer.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from permq.core.network import Array, Network
from permq.core.puzzle import Indices
from permq.search.stop import never

Costs = NDArray[np.float64]

_COLUMNS = 24576  # columns of all nodes of a batch together; bounds memory
_BLOCK = 512  # columns of one product: state and hidden units stay in the processor's cache


class Trie:
    """Walks arrangements of one network.

    Parameters
    ----------
    network
        The layers.
    stop
        Asked between blocks; once it is true, what is left is not evaluated.

    Attributes
    ----------
    block_rows
        Work done so far, in blocks times rows.
    """

    def __init__(self, network: Network, stop: Callable[[], bool] = never) -> None:
        self.network = network
        self._stop = stop
        self.block_rows = 0
        self._hidden = np.empty((network.hidden + 1) * _BLOCK, network.dtype)
        self._change = np.empty((network.width + 1) * _BLOCK, network.dtype)

    def tokens(self, inps: Indices, outs: Indices) -> Indices:
        """Arrangements, (..., L) local indices twice, as tokens (..., L)."""
        return np.asarray(inps * self.network.blocks + outs)

    def run(self, token: int, before: Array, after: Array) -> None:
        """Run a block on (d + 1, c) columns; `after` may be `before`."""
        network = self.network
        a, o = divmod(token, network.blocks)
        self.block_rows += before.shape[1]
        for first in range(0, before.shape[1], _BLOCK):
            state = before[:, first : first + _BLOCK]
            wide = state.shape[1]
            hidden = self._hidden[: (network.hidden + 1) * wide].reshape(-1, wide)
            change = self._change[: (network.width + 1) * wide].reshape(-1, wide)
            np.dot(network.inward[a], state, out=hidden)
            network.activate(hidden)
            np.dot(network.outward[o], hidden, out=change)
            np.add(state, change, out=after[:, first : first + _BLOCK])

    def squared_errors(
        self, base: Array, targets: Array, current: Indices, tokens: Indices
    ) -> Costs:
        """Sums of squared errors of arrangements over some rows.

        Parameters
        ----------
        base
            (L + 1, d + 1, n) states of the current arrangement.
        targets
            (m, n) answers wanted.
        current
            (L,) tokens of the current arrangement.
        tokens
            (M, L) tokens of the arrangements, best in lexicographic order: neighbours then
            share nodes.

        Returns
        -------
        (M,) array
            inf for what the stop came before.
        """
        sums = np.full(len(tokens), np.inf)
        batch = max(1, _COLUMNS // targets.shape[1])
        for first in range(0, len(tokens), batch):
            if self._stop():
                break
            part = slice(first, first + batch)
            sums[part] = self._walk(base, targets, current, tokens[part])
        return sums

    def _walk(self, base: Array, targets: Array, current: Indices, tokens: Indices) -> Costs:
        """(M,) sums of squared errors of one batch; inf when the stop came before its end."""
        blocks, rows = self.network.blocks, targets.shape[1]
        differs = tokens != current
        varied = np.flatnonzero(differs.any(0))
        start, end = (varied[0], varied[-1] + 1) if varied.size else (blocks, blocks)
        # node 0 is always the current arrangement's own state
        node, states = np.zeros(len(tokens), np.intp), base[start]
        away = np.zeros(len(tokens), bool)  # whether it has left the current arrangement
        for t in range(start, end):
            if self._stop():
                return np.full(len(tokens), np.inf)
            away |= differs[:, t]
            nodes = states.shape[1] // rows
            # by block first: the nodes of one product lie side by side
            keys = np.where(away, tokens[:, t] * nodes + node, -1)
            children, node = np.unique(keys, return_inverse=True)
            if children[0] == -1:
                children = children[1:]
            else:
                node = node + 1
            grown = np.empty((len(base[0]), (1 + len(children)) * rows), base.dtype)
            grown[:, :rows] = base[t + 1]
            for token, first, last in _groups(children // nodes):
                parents = _gather(states, children[first:last] % nodes, rows)
                self.run(token, parents, grown[:, (1 + first) * rows : (1 + last) * rows])
            states = grown
        if end > start and not self._finish(states, current[end:]):
            return np.full(len(tokens), np.inf)
        error = (self.network.readout @ states).reshape(self.network.outputs, -1, rows)
        error = error.astype(np.float64) - targets[:, None]
        return np.asarray(np.einsum("mkn,mkn->k", error, error)[node])

    def _finish(self, states: Array, tail: Indices) -> bool:
        """Run the end that all have in common in place; False when the stop came before its end."""
        for first in range(0, states.shape[1], _BLOCK):  # so many columns at a time
            if self._stop():
                return False
            part = states[:, first : first + _BLOCK]
            for token in tail.tolist():
                self.run(token, part, part)
        return True


def _groups(tokens: Indices) -> Iterator[tuple[int, int, int]]:
    """Runs of equal values: (value, first, last + 1)."""
    edges = [0, *(np.flatnonzero(np.diff(tokens)) + 1).tolist(), len(tokens)]
    for first, last in pairwise(edges):
        if last > first:
            yield int(tokens[first]), first, last


def _gather(states: Array, nodes: Indices, rows: int) -> Array:
    """(d + 1, k rows) columns of some nodes, without copying where they lie side by side."""
    if nodes[-1] - nodes[0] == len(nodes) - 1:
        return states[:, nodes[0] * rows : (nodes[-1] + 1) * rows]
    cubed = states.reshape(len(states), -1, rows)
    return np.take(cubed, nodes, axis=1).reshape(len(states), -1)
