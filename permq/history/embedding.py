"""Embeddings: the states that a solution gives the probe rows on their way through the network."""

import io
from dataclasses import dataclass

import numpy as np

from permq.core.files import UnreadableError
from permq.core.network import Array, Network
from permq.core.npz import read_npz
from permq.core.puzzle import Floats, Indices, Puzzle
from permq.errors import PermqError

MAX_BYTES = 256 << 20


@dataclass(frozen=True, eq=False)
class States:
    """States of the probe rows at some depths.

    Parameters
    ----------
    depths
        (D,) number of blocks before each.
    strata
        (n,) stratum of each row, a place in `permq.history.probe.STRATA`.
    states
        (D, n, d) float32.
    """

    depths: Indices
    strata: Indices
    states: Floats

    def pack(self) -> bytes:
        """Write them as an `.npz` archive."""
        packed = io.BytesIO()
        np.savez_compressed(packed, depths=self.depths, strata=self.strata, states=self.states)
        return packed.getvalue()

    @classmethod
    def unpack(cls, data: bytes) -> "States":
        """Read what `pack` wrote.

        Raises
        ------
        PermqError
            When it is damaged.
        """
        try:
            read = read_npz(data, MAX_BYTES)
            return cls(read["depths"], read["strata"], read["states"])
        except (UnreadableError, KeyError) as error:
            raise PermqError(f"a stored embedding is damaged: {error}") from None


def depths_of(blocks: int, count: int) -> Indices:
    """Up to `count` depths from 0 to L, evenly, both ends among them."""
    return np.unique(np.round(np.linspace(0, blocks, max(count, 2))).astype(np.intp))


def states_on_processor(puzzle: Puzzle, inp: Indices, out: Indices, x: Array) -> Array:
    """(L + 1, n, d) float32 states of (n, d) rows."""
    return np.asarray(Network(puzzle).states(inp, out, x), np.float32)


def states_on_gpu(puzzle: Puzzle, inp: Indices, out: Indices, x: Array) -> Array:
    """Compute the same by torch on the GPU, equal up to the rounding of float32."""
    import torch

    from permq.core.torch_activations import TORCH_ACTIVATIONS

    device = torch.device("cuda" if torch.cuda.is_available() else "mps")
    apply = TORCH_ACTIVATIONS[puzzle.activation].apply
    linear = torch.nn.functional.linear
    layers = (puzzle.w_in[inp], puzzle.b_in[inp], puzzle.w_out[out], puzzle.b_out[out])
    moved = [torch.from_numpy(np.ascontiguousarray(layer)).to(device) for layer in layers]
    with torch.no_grad():
        state = torch.from_numpy(np.ascontiguousarray(x)).to(device)
        states = [state]
        for w_in, b_in, w_out, b_out in zip(*moved, strict=True):
            state = state + linear(apply(linear(state, w_in, b_in)), w_out, b_out)
            states.append(state)
        found: Array = torch.stack(states).cpu().numpy()
    return found


def has_gpu() -> bool:
    """Whether torch finds a GPU here."""
    import torch

    return bool(torch.cuda.is_available() or torch.backends.mps.is_available())
