"""Sizes of a block's weights."""

import numpy as np

from permq.core.network import Array
from permq.ordering.paired import Paired


def output_sum(blocks: Paired) -> Array:
    """‖W_out‖₁, the sum of absolute weights of the output layer, (L,)."""
    return np.asarray(np.abs(blocks.w_out).sum(axis=(1, 2)))


def output_norm(blocks: Paired) -> Array:
    """‖W_out‖_F of the output layer, (L,)."""
    return np.asarray(np.sqrt(np.square(blocks.w_out).sum(axis=(1, 2))))


def input_norm(blocks: Paired) -> Array:
    """‖W_in‖_F of the input layer, (L,)."""
    return np.asarray(np.sqrt(np.square(blocks.w_in).sum(axis=(1, 2))))
