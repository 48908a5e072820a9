"""Train a residual network, epoch by epoch, by the gradients of `permq.core.dropping.gradients`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from numpy.typing import NDArray

from permq.core.dropping.gradients import Parameters, loss_and_gradient, predict
from permq.core.dropping.recipe import Recipe
from permq.core.torch_activations import TORCH_ACTIVATIONS

MOMENTUM = 0.9
_WEIGHTS = "weights"


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


class Training:
    """A training under way.

    Parameters
    ----------
    recipe : Recipe
        Sizes of the network and settings of the optimizer.
    x : (N, d) float32
    true : (N, m) float32
    rng : numpy.random.Generator
        Draws the initial weights.
    threads : int
        Threads of torch; more than one may change the last digits of the weights.

    Attributes
    ----------
    epochs : int
        How many are done.
    """

    def __init__(
        self,
        recipe: Recipe,
        x: NDArray[np.float32],
        true: NDArray[np.float32],
        rng: np.random.Generator,
        threads: int = 1,
    ) -> None:
        torch.set_num_threads(threads)
        self.epochs = 0
        self._recipe = recipe
        self._inputs, self._labels = torch.from_numpy(x), torch.from_numpy(true)
        self._flat = torch.zeros(Parameters.size(recipe))
        self._flat.grad = torch.zeros_like(self._flat)
        self._parameters = Parameters(recipe, self._flat)
        self._gradients = Parameters(recipe, self._flat.grad)
        _initialise(self._parameters, recipe, rng)
        self._optimizer = _optimizer(recipe, self._flat)

    def epoch(self, rng: np.random.Generator) -> float:
        """Pass over all rows once; gives the mean loss of its batches.

        Parameters
        ----------
        rng : numpy.random.Generator
            Draws the order of the rows.
        """
        recipe, rows = self._recipe, len(self._inputs)
        batches = -(-rows // recipe.batch_size)
        order = torch.from_numpy(rng.permutation(rows))
        total = 0.0
        with torch.no_grad():
            for number, batch in enumerate(torch.split(order, recipe.batch_size)):
                step = self.epochs * batches + number
                _schedule(self._optimizer, recipe, step, recipe.epochs * batches)
                total += len(batch) * loss_and_gradient(
                    self._parameters,
                    self._gradients,
                    self._inputs[batch],
                    self._labels[batch],
                    recipe.activation,
                )
                self._optimizer.step()
        self.epochs += 1
        return total / rows

    def network(self) -> Trained:
        """A copy of the network as it is now, with its loss over all rows."""
        with torch.no_grad():
            predicted = predict(self._parameters, self._inputs, self._recipe.activation)
            loss = float(torch.mean((predicted - self._labels) ** 2))
        return _trained(self._parameters, loss)

    def save(self) -> dict[str, NDArray[np.float32]]:
        """Weights and the optimizer's moments, by name; `restore` takes them up."""
        moments = self._optimizer.state_dict()["state"].get(0, {})
        kept = {name: value for name, value in moments.items() if value is not None}
        return {
            name: value.numpy().copy() for name, value in {_WEIGHTS: self._flat, **kept}.items()
        }

    def restore(self, saved: Mapping[str, NDArray[np.float32]], epochs: int) -> None:
        """Go on where another training of the same recipe and rows stood.

        Parameters
        ----------
        saved : dict
            What `save` gave.
        epochs : int
            Done then.

        Raises
        ------
        ValueError
            When it is of another network.
        """
        weights = saved.get(_WEIGHTS)
        if weights is None or weights.shape != tuple(self._flat.shape):
            raise ValueError("the weights are not those of such a network")
        with torch.no_grad():
            self._flat.copy_(torch.from_numpy(weights))
        moments = {
            name: torch.from_numpy(value) for name, value in saved.items() if name != _WEIGHTS
        }
        if any(value.shape not in {weights.shape, ()} for value in moments.values()):
            raise ValueError("the moments are not those of such a network")
        state = {**self._optimizer.state_dict(), "state": {0: moments} if moments else {}}
        self._optimizer.load_state_dict(state)
        self.epochs = epochs


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
    training = Training(recipe, x, true, rng, threads)
    for epoch in range(recipe.epochs):
        if keep is not None and epoch in checkpoints:
            keep(epoch, training.network())
        loss = training.epoch(rng)
        if progress is not None:
            progress(epoch + 1, loss)
    trained = training.network()
    if keep is not None and recipe.epochs in checkpoints:
        keep(recipe.epochs, trained)
    return trained


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
    """A copy of parameters as numpy's arrays."""
    arrays = {name: tensor.numpy().copy() for name, tensor in vars(parameters).items()}
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
