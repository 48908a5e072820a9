"""How strongly and in which manner a block answers to a change of its state."""

import numpy as np

from permq.core.network import Array
from permq.ordering.paired import Paired


def _slopes(blocks: Paired, a: int) -> Array:
    """(h, n) derivative of the activation of block `a`'s hidden units at the inputs."""
    network = blocks.network
    inner = network.inward[a, : network.hidden] @ blocks.columns
    return network.activation.apply_with_slope(inner)


def mean_jacobians(blocks: Paired) -> Array:
    """(L, d, d) mean over rows of ∂f/∂x at the inputs."""
    return np.stack(
        [
            (blocks.w_out[a] * _slopes(blocks, a).mean(axis=1)) @ blocks.w_in[a]
            for a in range(blocks.blocks)
        ]
    )


def jacobian_norm(blocks: Paired) -> Array:
    """Root mean square over rows of ‖∂f/∂x‖_F at the inputs, (L,).

    ‖W_out diag(s) W_in‖_F² is a quadratic form in the slopes s, so their second moments over rows
    are enough.
    """
    sizes = np.empty(blocks.blocks)
    for a in range(blocks.blocks):
        slopes = _slopes(blocks, a)
        form = (blocks.w_out[a].T @ blocks.w_out[a]) * (blocks.w_in[a] @ blocks.w_in[a].T)
        sizes[a] = np.sum(form * (slopes @ slopes.T)) / slopes.shape[1]
    return np.sqrt(np.maximum(sizes, 0))


def spectral_radius(blocks: Paired) -> Array:
    """Largest absolute eigenvalue of the mean Jacobian of f at the inputs, (L,)."""
    return np.asarray(np.abs(np.linalg.eigvals(mean_jacobians(blocks))).max(axis=1))


def trace(blocks: Paired) -> Array:
    """Trace of W_out W_in, (L,): early blocks of smooth activations have the larger ones."""
    return np.asarray(np.einsum("adh,ahd->a", blocks.w_out, blocks.w_in))
