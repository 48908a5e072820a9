"""Greedy by state: the next block is the one that changes the current state least.

From alyxya/janestreet-droppedaneuralnet. On networks whose blocks grow with depth it leaves a
handful of inversions of over a thousand.
"""

import numpy as np

from permq.core.puzzle import Indices
from permq.ordering.paired import Paired

_REFRESH = 16  # steps after which a window measures every remaining block again


def greedy_by_state(
    blocks: Paired,
    *,
    window: int | None = None,
    squared: bool = False,
    largest: bool = False,
) -> Indices:
    """Order the blocks by repeated choice of the smallest change.

    Parameters
    ----------
    blocks
        The blocks and the rows to look at; 64 to 128 rows do.
    window
        Measure only so many blocks at each step, those that were smallest when last measured,
        and all of them every 16 steps. 12 halves the time for hardly more inversions; all
        blocks by default.
    squared
        Compare the mean of ‖f(x_t)‖² over rows instead of the mean of ‖f(x_t)‖; a sixth faster.
    largest
        Choose the largest change instead.

    Returns
    -------
    (L,) intp
        Input layers in running order.
    """
    network = blocks.network
    inward = [weight[: network.hidden] for weight in network.inward]
    outward = [network.outward[o, : network.width] for o in blocks.pair.tolist()]
    state = blocks.columns.copy()
    stream = state[: network.width]  # without the row of ones
    hidden = np.ones((network.hidden + 1, state.shape[1]), network.dtype)
    live = hidden[: network.hidden]
    zeros, activation = np.zeros_like(live), network.activation
    relu = activation.name == "relu"
    change, chosen = np.empty_like(stream), np.empty_like(stream)
    known = dict.fromkeys(range(blocks.blocks), 0.0)
    order = []
    sign = -1.0 if largest else 1.0
    for step in range(blocks.blocks):
        smallest, next_block = np.inf, -1
        candidates = sorted(known, key=known.__getitem__)
        if window is not None and step % _REFRESH:
            candidates = candidates[:window]
        for a in candidates:
            np.dot(inward[a], state, out=live)
            if relu:
                np.maximum(live, zeros, out=live)
            else:
                activation.apply(live)
            np.dot(outward[a], hidden, out=change)
            if squared:
                flat = change.ravel()
                size = float(np.dot(flat, flat))
            else:
                size = float(np.sqrt(np.einsum("dn,dn->n", change, change)).sum())
            known[a] = size = sign * size
            if size < smallest or next_block < 0:
                smallest, next_block = size, a
                change, chosen = chosen, change
        stream += chosen
        del known[next_block]
        order.append(next_block)
    return np.array(order, np.intp)


def greedy_by_state_largest(blocks: Paired) -> Indices:
    """Order the blocks by repeated choice of the largest change; see `greedy_by_state`."""
    return greedy_by_state(blocks, largest=True)
