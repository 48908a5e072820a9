"""Train a residual network with a hand-written backward pass on one flat parameter vector.

The blocks of these networks are small, so automatic differentiation and per-tensor optimizer
calls would cost more than the arithmetic. Forward and backward are therefore plain matrix
products, and the optimizer sees a single tensor.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from math import prod, sqrt

import numpy as np
import torch
from numpy.typing import NDArray

from permq.core.dropping.recipe import Recipe
from permq.core.torch_activations import TORCH_ACTIVATIONS

MOMENTUM = 0.9


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network in running order.

    Attributes
    ----------
    w_in, b_in, w_out, b_out : (L, h, d), (L, h), (L, d, h), (L, d) float32
    w_last, b_last : (m, d), (m,) float32
    loss : float
        Mean squared error against the labels over the training rows.
    """

    w_in: NDArray[np.float32]
    b_in: NDArray[np.float32]
    w_out: NDArray[np.float32]
    b_out: NDArray[np.float32]
    w_last: NDArray[np.float32]
    b_last: NDArray[np.float32]
    loss: float


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


def train(
    recipe: Recipe,
    x: NDArray[np.float32],
    true: NDArray[np.float32],
    rng: np.random.Generator,
    threads: int = 1,
    progress: Callable[[int, float], None] | None = None,
    keep: Callable[[int, Trained], None] | None = None,
    checkpoints: Collection[int] = (),
) -> Trained:
    """Minimise the mean squared error of a fresh network over the rows.

    Parameters
    ----------
    recipe : Recipe
        Sizes of the network and settings of the optimizer.
    x : (N, d) float32
    true : (N, m) float32
    rng : numpy.random.Generator
        Draws the initial weights and the batches.
    threads : int
        Threads of torch; more than one may change the last digits of the weights.
    progress : callable, optional
        Called after every epoch with its number from 1 and its mean loss.
    keep : callable, optional
        Called with the number of epochs done and a copy of the network, at `checkpoints`.
    checkpoints : collection of int
        Numbers of epochs done, 0 for the fresh network.

    Returns
    -------
    Trained
        The weights and the final loss over all rows.
    """
    torch.set_num_threads(threads)
    flat = torch.zeros(Parameters.size(recipe))
    gradient = torch.zeros_like(flat)
    parameters, gradients = Parameters(recipe, flat), Parameters(recipe, gradient)
    _initialise(parameters, recipe, rng)
    flat.grad = gradient
    optimizer = _optimizer(recipe, flat)
    inputs, labels = torch.from_numpy(x), torch.from_numpy(true)
    batches = -(-len(x) // recipe.batch_size)
    steps = recipe.epochs * batches

    def network() -> Trained:
        predicted = predict(parameters, inputs, recipe.activation)
        return _trained(parameters, float(torch.mean((predicted - labels) ** 2)))

    with torch.no_grad():
        for epoch in range(recipe.epochs):
            if keep is not None and epoch in checkpoints:
                keep(epoch, copied(network()))
            order = torch.from_numpy(rng.permutation(len(x)))
            total = 0.0
            for number, batch in enumerate(torch.split(order, recipe.batch_size)):
                _schedule(optimizer, recipe, epoch * batches + number, steps)
                total += len(batch) * loss_and_gradient(
                    parameters, gradients, inputs[batch], labels[batch], recipe.activation
                )
                optimizer.step()
            if progress is not None:
                progress(epoch + 1, total / len(x))
        trained = network()
        if keep is not None and recipe.epochs in checkpoints:
            keep(recipe.epochs, copied(trained))
    return trained


def copied(trained: Trained) -> Trained:
    """A network that stays as it is when training goes on."""
    arrays = {name: np.array(value) for name, value in vars(trained).items() if name != "loss"}
    return Trained(**arrays, loss=trained.loss)


def gradient(
    recipe: Recipe, trained: Trained, x: NDArray[np.float32], true: NDArray[np.float32]
) -> Trained:
    """Gradient of the mean squared error over rows, by layer; its `loss` is that error.

    Parameters
    ----------
    recipe : Recipe
        Sizes and activation of the network.
    trained : Trained
        Where.
    x : (n, d) float32
    true : (n, m) float32
    """
    at = Parameters(recipe, torch.zeros(Parameters.size(recipe)))
    found = Parameters(recipe, torch.zeros(Parameters.size(recipe)))
    with torch.no_grad():
        for name, tensor in vars(at).items():
            tensor.copy_(torch.from_numpy(getattr(trained, name)))
        rows = torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(true)
        loss = loss_and_gradient(at, found, *rows, recipe.activation)
    return _trained(found, loss)


def _trained(parameters: Parameters, loss: float) -> Trained:
    """Views of parameters as numpy's arrays."""
    arrays = {name: tensor.numpy() for name, tensor in vars(parameters).items()}
    return Trained(**arrays, loss=loss)


def answers(trained: Trained, x: NDArray[np.float32], activation: str) -> NDArray[np.float32]:
    """(N, m) answers of a trained network at (N, d) inputs, in float32 as torch computes them."""
    layers = (trained.w_in, trained.b_in, trained.w_out, trained.b_out)
    apply = TORCH_ACTIVATIONS[activation].apply
    with torch.no_grad():
        state = torch.from_numpy(x)
        for w_in, b_in, w_out, b_out in zip(*map(torch.from_numpy, layers), strict=True):
            hidden = apply(torch.nn.functional.linear(state, w_in, b_in))
            state = state + torch.nn.functional.linear(hidden, w_out, b_out)
        last = torch.from_numpy(trained.w_last), torch.from_numpy(trained.b_last)
        predicted: NDArray[np.float32] = torch.nn.functional.linear(state, *last).numpy()
    return predicted


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


def _initialise(parameters: Parameters, recipe: Recipe, rng: np.random.Generator) -> None:
    """Uniform in plus or minus 1/sqrt(fan in), as `torch.nn.Linear` does."""
    for weight, bias, scale in (
        (parameters.w_in, parameters.b_in, 1.0),
        (parameters.w_out, parameters.b_out, recipe.out_scale),
        (parameters.w_last, parameters.b_last, 1.0),
    ):
        bound = scale / sqrt(weight.shape[-1])
        for tensor in (weight, bias):
            drawn = rng.uniform(-bound, bound, tuple(tensor.shape)).astype(np.float32)
            tensor.copy_(torch.from_numpy(drawn))


def _optimizer(recipe: Recipe, flat: torch.Tensor) -> torch.optim.Optimizer:
    lr, decay = recipe.lr, recipe.weight_decay
    if recipe.optimizer == "adamw":
        return torch.optim.AdamW([flat], lr=lr, weight_decay=decay, fused=True)
    if recipe.optimizer == "adam":
        return torch.optim.Adam([flat], lr=lr, weight_decay=decay, fused=True)
    return torch.optim.SGD([flat], lr=lr, momentum=MOMENTUM, weight_decay=decay, fused=True)


def _schedule(optimizer: torch.optim.Optimizer, recipe: Recipe, step: int, steps: int) -> None:
    if recipe.schedule == "cosine":
        for group in optimizer.param_groups:
            group["lr"] = recipe.lr * 0.5 * (1 + np.cos(np.pi * step / steps))
