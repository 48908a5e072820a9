"""A puzzle's fingerprint: what it holds, whatever its files are called and however old."""

import hashlib
from collections.abc import Mapping

import numpy as np

from permq.core.puzzle import Floats, Layer

_VERSION = b"permq fingerprint 1\n"


def fingerprint(layers: Mapping[int, Layer], x: Floats, pred: Floats, true: Floats | None) -> str:
    """SHA-256 over layers in piece-index order and data, in hexadecimal.

    What is hashed, all little-endian: the line `permq fingerprint 1`; the number of pieces as
    uint64; per piece in ascending order of index its weight and its bias; then x, pred and true.
    An array is its number of dimensions and its sizes as uint64, then its float32 values in
    row-major order; a missing `true` is an array of shape (0, 0).

    Parameters
    ----------
    layers
        The layers by piece index.
    x, pred, true
        (N, d), (N, m), (N, m) float32 or None.
    """
    digest = hashlib.sha256(_VERSION)
    digest.update(np.array([len(layers)], "<u8").data)
    arrays = [array for piece in sorted(layers) for array in _arrays(layers[piece])]
    for array in (*arrays, x, pred, np.empty((0, 0), np.float32) if true is None else true):
        digest.update(np.array([array.ndim, *array.shape], "<u8").data)
        digest.update(np.ascontiguousarray(array, "<f4").reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _arrays(layer: Layer) -> tuple[Floats, Floats]:
    return layer.weight, layer.bias
