"""Activations and their slopes in torch, for training and for the engine of a GPU."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_aten = torch.ops.aten


@dataclass(frozen=True)
class TorchActivation:
    """A function of the hidden units.

    Parameters
    ----------
    apply
        Gives the activated values.
    pull_back
        Takes the gradient after the activation, the values before it and the values after it;
        gives the gradient before it.
    """

    apply: Callable[[Tensor], Tensor]
    pull_back: Callable[[Tensor, Tensor, Tensor], Tensor]


TORCH_ACTIVATIONS: dict[str, TorchActivation] = {
    "relu": TorchActivation(
        torch.relu, lambda g, _, after: _aten.threshold_backward(g, after, 0.0)
    ),
    "gelu": TorchActivation(functional.gelu, lambda g, before, _: _aten.gelu_backward(g, before)),
    "silu": TorchActivation(functional.silu, lambda g, before, _: _aten.silu_backward(g, before)),
    "tanh": TorchActivation(torch.tanh, lambda g, _, after: _aten.tanh_backward(g, after)),
}
