"""Which engine runs the network: numpy on a processor, torch on a GPU."""

from typing import Any, Protocol

import numpy as np

from permq.core.network import Array, Network
from permq.core.puzzle import Indices, Puzzle


class Engine(Protocol):
    """What every engine can do; `permq.core.network.Network` tells the shapes."""

    blocks: int
    hidden: int
    width: int
    outputs: int
    dtype: np.dtype[Any]

    def forward(self, inp: Indices, out: Indices, x: Array) -> Array:
        """(n, m) answer of the network in the given running order at (n, d) inputs."""
        ...

    def states(self, inp: Indices, out: Indices, x: Array) -> Array:
        """(L + 1, n, d) residual stream before every block and at the end."""
        ...

    def predict(self, state: Array) -> Array:
        """(n, m) answer of the last layer at (n, d) final states."""
        ...

    def hidden_units(self, a: int, x: Array) -> Array:
        """(n, h) activated hidden units of input layer `a` at (n, d) states."""
        ...

    def block(self, a: int, o: int, x: Array) -> Array:
        """(n, d) change f_ao(x) that block (a, o) makes at (n, d) states."""
        ...

    def adjoints(self, inp: Indices, out: Indices, states: Array) -> Array:
        """(m, L + 1, n, d) derivative of every output with respect to every state."""
        ...


def engine(puzzle: Puzzle, device: str = "cpu", dtype: Any = np.float32) -> Engine:
    """Take the engine for a device.

    Parameters
    ----------
    puzzle
        Whose layers to run.
    device
        `cpu` is numpy, without importing torch; any other is torch's name of a device, such as
        `cuda` or `mps`.
    dtype
        float32 or float64.

    Raises
    ------
    OptionError
        When there is no such device here, or it does not know the number format.
    """
    if device == "cpu":
        return Network(puzzle, dtype)
    from permq.core.torch_engine import TorchNetwork

    return TorchNetwork(puzzle, dtype, device)
