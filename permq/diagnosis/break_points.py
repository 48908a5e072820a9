"""Break points: places where one block pushes back what the one before it pushed."""

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Floats, Indices


def residual_cosines(network: Network, inp: Indices, out: Indices, x: Floats) -> Array:
    """Cosine between the changes of consecutive blocks, averaged over rows.

    Parameters
    ----------
    network
        The layers.
    inp, out
        (L,) local indices in running order.
    x
        (n, d) inputs.

    Returns
    -------
    (L - 1,) float64
        Entry t compares the blocks at positions t and t + 1; rows whose change has no direction,
        or is beyond floats, count as 0.
    """
    # blocks in a bad order may drive the state beyond what floats can hold
    with np.errstate(over="ignore", invalid="ignore"):
        changes = np.diff(network.states(inp, out, x), axis=0)  # (L, n, d)
        sizes = np.sqrt(np.einsum("tnd,tnd->tn", changes, changes))
        inner = np.einsum("tnd,tnd->tn", changes[:-1], changes[1:])
        scale = sizes[:-1] * sizes[1:]
        cosines = np.divide(inner, scale, out=np.zeros_like(inner), where=scale > 0)
    return np.asarray(np.nan_to_num(cosines).mean(axis=1), np.float64)


def break_points(cosines: Array, below: float = 0.0) -> Indices:
    """Positions t whose block and the next are anti-correlated, the worst first.

    Parameters
    ----------
    cosines
        (L - 1,) from `residual_cosines`.
    below
        Cosines under this are breaks.

    Returns
    -------
    (k,) intp
    """
    worst = np.argsort(cosines, kind="stable")
    return worst[cosines[worst] < below].astype(np.intp)
