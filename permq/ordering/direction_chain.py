"""A chain of blocks in which each pushes the data in nearly the direction of the one before."""

import numpy as np

from permq.core.puzzle import Indices
from permq.ordering.measures.weights import output_norm
from permq.ordering.paired import Paired


def direction_chain(blocks: Paired) -> Indices:
    """Nearest-neighbour chain on the cosine of residual directions.

    The direction of a block is its change at the inputs, all rows taken as one vector. The chain
    begins with the block of the smallest output weights and goes on to the block of the largest
    cosine with the last one.

    Returns
    -------
    (L,) intp
        Input layers in running order.
    """
    changes = np.stack(
        [blocks.change(a, blocks.columns)[:-1].ravel() for a in range(blocks.blocks)]
    )
    lengths = np.sqrt(np.einsum("an,an->a", changes, changes))
    changes /= np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]
    cosine = changes @ changes.T  # (L, L)
    chain = [int(np.argmin(output_norm(blocks)))]
    left = np.ones(blocks.blocks, np.bool_)
    left[chain[0]] = False
    while left.any():
        following = int(np.argmax(np.where(left, cosine[chain[-1]], -np.inf)))
        chain.append(following)
        left[following] = False
    return np.array(chain, np.intp)
