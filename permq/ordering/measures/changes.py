"""What a block does to the data rows as they come in."""

import numpy as np

from permq.core.network import Array
from permq.ordering.paired import Paired


def change_norm(blocks: Paired) -> Array:
    """Mean over rows of ‖f(x)‖ at the inputs, (L,)."""
    return np.array(
        [
            np.sqrt(np.square(blocks.change(a, blocks.columns)).sum(axis=0)).mean()
            for a in range(blocks.blocks)
        ],
        np.float64,
    )


def change_spread(blocks: Paired) -> Array:
    """Root of the total variance over rows of f(x) at the inputs, (L,).

    From siddvrth/droppedaneuralnet.
    """
    return np.array(
        [np.sqrt(blocks.change(a, blocks.columns).var(axis=1).sum()) for a in range(blocks.blocks)],
        np.float64,
    )
