"""Leave-one-out: what each block contributes where it stands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from permq.core.network import Array, Network
from permq.core.puzzle import Floats, Indices

_CHUNK = 256  # rows at a time: states and hidden units stay in the processor's cache


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """Costs of an arrangement with one block skipped.

    Parameters
    ----------
    mse
        Of the whole arrangement.
    without
        (L,) mean squared error with the block at each position skipped.
    """

    mse: float
    without: Array

    @property
    def change(self) -> Array:
        """(L,) `without` less `mse`; negative where the block does harm."""
        return np.asarray(self.without - self.mse)

    @property
    def harmful(self) -> NDArray[np.bool_]:
        """(L,) mask of the positions whose block makes the cost worse where it stands."""
        return np.asarray(self.without < self.mse)


def leave_one_out(
    network: Network, inp: Indices, out: Indices, x: Floats, pred: Floats
) -> LeaveOneOut:
    """Skip every block in turn; the blocks before it are run once for all.

    Parameters
    ----------
    network
        The layers.
    inp, out
        (L,) local indices in running order.
    x, pred
        (n, d) inputs and (n, m) answers.

    Returns
    -------
    LeaveOneOut
        Of mean squared errors over rows and outputs; inf where a shortened network overflows.
    """
    blocks = len(inp)
    squares = np.zeros(blocks + 1)
    # an absurd arrangement may overflow: its cost is then inf, and no warning is wanted
    with np.errstate(over="ignore", invalid="ignore"):
        for first in range(0, len(x), _CHUNK):
            targets = pred[first : first + _CHUNK].T
            states = network.column_states(inp, out, network.columns(x[first : first + _CHUNK]))
            hidden = np.empty((network.hidden + 1, states.shape[2]), network.dtype)
            change = np.empty_like(states[0])
            state = np.empty_like(states[0])
            for skipped in range(blocks + 1):  # the last one skips nothing
                state[...] = states[min(skipped, blocks)]
                for t in range(skipped + 1, blocks):
                    network.step(inp[t], out[t], state, state, hidden, change)
                error = (network.readout @ state - targets).astype(np.float64)
                squares[skipped] += np.sum(error * error)
        costs = squares / pred.size
    costs[~np.isfinite(costs)] = np.inf
    return LeaveOneOut(float(costs[-1]), costs[:-1])
