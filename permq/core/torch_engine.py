"""The dropped network put together, on torch: the engine of a GPU.

It has the public functions of `permq.core.network.Network`, with the same arguments and results,
and is tested against it. Arrays go to the device and results come back; a tensor stays where it
is, so that a search on a GPU can keep its states there.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from permq.core.puzzle import Indices, Puzzle
from permq.core.torch_activations import TORCH_ACTIVATIONS
from permq.errors import OptionError

Values = NDArray[Any] | Tensor

_DTYPES = {np.dtype(np.float32): torch.float32, np.dtype(np.float64): torch.float64}


class TorchNetwork:
    """A puzzle's layers on a device, ready to run in any arrangement.

    Parameters
    ----------
    puzzle
        Whose layers to take.
    dtype
        float32 for the search, float64 for verification.
    device
        `cpu`, `cuda`, `cuda:1`, `mps`.

    Raises
    ------
    OptionError
        When there is no such device here, or it does not know the number format.
    """

    def __init__(self, puzzle: Puzzle, dtype: Any = np.float32, device: str = "cpu") -> None:
        self.blocks, self.hidden, self.width = puzzle.w_in.shape
        self.outputs = puzzle.outputs
        self.dtype = np.dtype(dtype)
        self.device = _find_device(device, self.dtype)
        self.activation = TORCH_ACTIVATIONS[puzzle.activation]
        self._w_in, self._b_in = self._tensor(puzzle.w_in), self._tensor(puzzle.b_in)
        self._w_out, self._b_out = self._tensor(puzzle.w_out), self._tensor(puzzle.b_out)
        self._w_last, self._b_last = self._tensor(puzzle.w_last), self._tensor(puzzle.b_last)

    def forward(self, inp: Indices, out: Indices, x: Values) -> Any:
        """(n, m) answer of the network in the given running order at (n, d) inputs."""
        state = self._tensor(x)
        for a, o in zip(inp.tolist(), out.tolist(), strict=True):
            state = torch.addmm(state, self._activated(a, state), self._w_out[o].T)
            state += self._b_out[o]
        return _like(x, self._read(state))

    def states(self, inp: Indices, out: Indices, x: Values) -> Any:
        """(L + 1, n, d) residual stream before every block and at the end."""
        state = self._tensor(x)
        states = torch.empty((len(inp) + 1, *state.shape), dtype=state.dtype, device=self.device)
        states[0] = state
        for t, (a, o) in enumerate(zip(inp.tolist(), out.tolist(), strict=True)):
            states[t + 1] = states[t] + self._changed(a, o, states[t])
        return _like(x, states)

    def predict(self, state: Values) -> Any:
        """(n, m) answer of the last layer at (n, d) final states."""
        return _like(state, self._read(self._tensor(state)))

    def hidden_units(self, a: int, x: Values) -> Any:
        """(n, h) activated hidden units of input layer `a` at (n, d) states."""
        return _like(x, self._activated(a, self._tensor(x)))

    def block(self, a: int, o: int, x: Values) -> Any:
        """(n, d) change f_ao(x) that block (a, o) makes at (n, d) states."""
        return _like(x, self._changed(a, o, self._tensor(x)))

    def adjoints(self, inp: Indices, out: Indices, states: Values) -> Any:
        """Derivative of every output with respect to every state (reverse mode).

        Parameters
        ----------
        inp, out
            (L,) local indices in running order.
        states
            (L + 1, n, d) from `states`.

        Returns
        -------
        (m, L + 1, n, d) array or tensor
        """
        at = self._tensor(states)
        shape = (self.outputs, *at.shape)
        adjoints = torch.empty(shape, dtype=at.dtype, device=self.device)
        adjoints[:, -1] = self._w_last[:, None, :]
        pairs = list(zip(inp.tolist(), out.tolist(), strict=True))
        for t in range(len(pairs) - 1, -1, -1):
            a, o = pairs[t]
            before = torch.addmm(self._b_in[a], at[t], self._w_in[a].T)  # (n, h)
            after = self.activation.apply(before)
            g = adjoints[:, t + 1]  # (m, n, d)
            back = g @ self._w_out[o]  # (m, n, h)
            back = self.activation.pull_back(back, before.expand_as(back), after.expand_as(back))
            adjoints[:, t] = g + back @ self._w_in[a]
        return _like(states, adjoints)

    def _activated(self, a: int, state: Tensor) -> Tensor:
        return self.activation.apply(torch.addmm(self._b_in[a], state, self._w_in[a].T))

    def _changed(self, a: int, o: int, state: Tensor) -> Tensor:
        return torch.addmm(self._b_out[o], self._activated(a, state), self._w_out[o].T)

    def _read(self, state: Tensor) -> Tensor:
        return torch.addmm(self._b_last, state, self._w_last.T)

    def _tensor(self, values: NDArray[Any] | Tensor) -> Tensor:
        if not isinstance(values, Tensor):
            values = torch.from_numpy(np.ascontiguousarray(values, self.dtype))
        return values.to(self.device, _DTYPES[self.dtype])


def _like(given: Values, result: Tensor) -> Values:
    """Hand a result over as what was given: an array for an array, a tensor for a tensor."""
    return result if isinstance(given, Tensor) else result.cpu().numpy()


def _find_device(name: str, dtype: np.dtype[Any]) -> torch.device:
    try:
        device = torch.device(name)
        torch.zeros(1, dtype=_DTYPES[dtype], device=device)
    except KeyError:
        raise OptionError(f"the network runs in float32 or float64, not {dtype}") from None
    except (RuntimeError, AssertionError, TypeError) as error:
        reason = (str(error).splitlines() or ["not available"])[0]
        raise OptionError(f"device {name!r} cannot hold {dtype} here: {reason}") from None
    return device
