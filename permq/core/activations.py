"""Activations and their slopes, computed in place on contiguous arrays.

GELU is the exact one (torch's default), x Φ(x). `scipy.special` gives the error function and is
imported only where GELU is used.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Activation:
    """A function of the hidden units.

    Parameters
    ----------
    apply
        Overwrites its argument with the activated values.
    apply_with_slope
        Overwrites its argument with the activated values and returns the derivative there.
    """

    name: str
    apply: Callable[[Array], None]
    apply_with_slope: Callable[[Array], Array]


def _relu(h: Array) -> None:
    np.maximum(h, 0, out=h)


def _relu_slope(h: Array) -> Array:
    slope = (h > 0).astype(h.dtype)
    np.maximum(h, 0, out=h)
    return slope


def _tanh(h: Array) -> None:
    np.tanh(h, out=h)


def _tanh_slope(h: Array) -> Array:
    np.tanh(h, out=h)
    return np.asarray(1 - h * h)


def _sigmoid(h: Array) -> Array:
    # the form through tanh neither overflows nor branches
    return np.asarray(0.5 * np.tanh(0.5 * h) + 0.5)


def _silu(h: Array) -> None:
    h *= _sigmoid(h)


def _silu_slope(h: Array) -> Array:
    gate = _sigmoid(h)
    slope = gate * (1 + h * (1 - gate))
    h *= gate
    return np.asarray(slope)


def _normal_cdf(h: Array) -> Array:
    from scipy.special import ndtr

    return np.asarray(ndtr(h))


def _gelu(h: Array) -> None:
    h *= _normal_cdf(h)


def _gelu_slope(h: Array) -> Array:
    share = _normal_cdf(h)
    density = np.exp(-0.5 * h * h) * h.dtype.type(1 / np.sqrt(2 * np.pi))
    slope = share + h * density
    h *= share
    return np.asarray(slope)


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("relu", _relu, _relu_slope),
        Activation("gelu", _gelu, _gelu_slope),
        Activation("silu", _silu, _silu_slope),
        Activation("tanh", _tanh, _tanh_slope),
    )
}
