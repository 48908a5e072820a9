"""The network that is trained as views of one flat vector, and its gradient by hand.

The blocks of these networks are small, so automatic differentiation and per-tensor optimizer
calls would cost more than the arithmetic. Forward and backward are therefore plain matrix
products, and the optimizer sees a single tensor.
"""

from collections.abc import Iterable
from math import prod

import torch

from permq.core.dropping.recipe import Recipe
from permq.core.torch_activations import TORCH_ACTIVATIONS


class Parameters:
    """Views of one flat vector as the layers of a residual network."""

    def __init__(self, recipe: Recipe, flat: torch.Tensor) -> None:
        blocks, d, h, m = recipe.blocks, recipe.width, recipe.hidden, recipe.outputs
        shapes = [(blocks, h, d), (blocks, h), (blocks, d, h), (blocks, d), (m, d), (m,)]
        parts = torch.split(flat, [prod(shape) for shape in shapes])
        views = [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
        self.w_in, self.b_in, self.w_out, self.b_out, self.w_last, self.b_last = views

    @staticmethod
    def size(recipe: Recipe) -> int:
        """Count of numbers in a network of this recipe."""
        d, h, m = recipe.width, recipe.hidden, recipe.outputs
        return recipe.blocks * (2 * h * d + h + d) + m * d + m


def predict(parameters: Parameters, x: torch.Tensor, activation: str) -> torch.Tensor:
    """Forward pass, (n, d) float32 -> (n, m) float32."""
    apply = TORCH_ACTIVATIONS[activation].apply
    for w_in, b_in, w_out, b_out in _blocks(parameters):
        x = x + torch.addmm(b_out, apply(torch.addmm(b_in, x, w_in.T)), w_out.T)
    return torch.addmm(parameters.b_last, x, parameters.w_last.T)


def loss_and_gradient(
    parameters: Parameters,
    gradients: Parameters,
    x: torch.Tensor,
    true: torch.Tensor,
    activation: str,
) -> float:
    """Mean squared error of a batch; its gradient is written into `gradients`.

    Parameters
    ----------
    parameters, gradients : Parameters
        The network and the place of the result.
    x : (n, d) float32
    true : (n, m) float32
    activation : str

    Returns
    -------
    float
        Mean over rows and outputs.
    """
    apply, pull_back = TORCH_ACTIVATIONS[activation].apply, TORCH_ACTIVATIONS[activation].pull_back
    kept = []
    for w_in, b_in, w_out, b_out in _blocks(parameters):
        before = torch.addmm(b_in, x, w_in.T)  # (n, h)
        after = apply(before)
        kept.append((x, before, after))
        x = torch.addmm(x, after, w_out.T).add_(b_out)  # (n, d)
    error = torch.addmm(parameters.b_last, x, parameters.w_last.T).sub_(true)  # (n, m)
    loss = float(torch.mean(error * error))

    error *= 2 / error.numel()
    torch.mm(error.T, x, out=gradients.w_last)
    torch.sum(error, 0, out=gradients.b_last)
    g = error @ parameters.w_last  # (n, d), dloss/dx_t from here on
    layers = zip(_blocks(parameters), _blocks(gradients), kept, strict=True)
    for (w_in, _, w_out, _), (g_w_in, g_b_in, g_w_out, g_b_out), (x, before, after) in reversed(
        list(layers)
    ):
        torch.mm(g.T, after, out=g_w_out)
        torch.sum(g, 0, out=g_b_out)
        g_before = pull_back(g @ w_out, before, after)  # (n, h)
        torch.mm(g_before.T, x, out=g_w_in)
        torch.sum(g_before, 0, out=g_b_in)
        g.addmm_(g_before, w_in)
    return loss


def _blocks(
    parameters: Parameters,
) -> Iterable[tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]]:
    return zip(
        parameters.w_in.unbind(),
        parameters.b_in.unbind(),
        parameters.w_out.unbind(),
        parameters.b_out.unbind(),
        strict=True,
    )
