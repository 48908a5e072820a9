"""The recovered network as an ordinary torch module."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from permq.core.torch_activations import TORCH_ACTIVATIONS
from permq.errors import InputError, OptionError


class ResidualNetwork(nn.Module):
    """A residual network: x + W_out act(W_in x + b_in) + b_out for every block, then a last layer.

    Its state dict has numbered layers in running order: `layers.0` is the input layer of the first
    block, `layers.1` its output layer, and so on; `layers.{2 L}` is the last layer.

    Parameters
    ----------
    blocks, width, hidden, outputs
        Sizes L, d, h and m.
    activation
        `relu`, `gelu`, `silu` or `tanh`.
    """

    def __init__(
        self, blocks: int, width: int, hidden: int, outputs: int = 1, activation: str = "relu"
    ) -> None:
        super().__init__()
        if activation not in TORCH_ACTIVATIONS:
            known = ", ".join(TORCH_ACTIVATIONS)
            raise OptionError(f"activation {activation!r} is not known; {known} are")
        self.activation = activation
        shapes = [(width, hidden), (hidden, width)] * blocks + [(width, outputs)]
        self.layers = nn.ModuleList(nn.Linear(*shape) for shape in shapes)

    def forward(self, x: Tensor) -> Tensor:
        """(n, m) answers at (n, d) inputs."""
        apply = TORCH_ACTIVATIONS[self.activation].apply
        *halves, last = self.layers
        for inward, outward in zip(halves[::2], halves[1::2], strict=True):
            x = x + outward(apply(inward(x)))
        answer: Tensor = last(x)
        return answer

    @classmethod
    def of_state(cls, state: Mapping[str, Tensor], activation: str = "relu") -> "ResidualNetwork":
        """Build the network of a state dict; its shapes give the sizes.

        Raises
        ------
        InputError
            When it is no state dict of such a network.
        """
        try:
            hidden, width = state["layers.0.weight"].shape
            blocks = (len(state) // 2 - 1) // 2
            outputs = len(state[f"layers.{2 * blocks}.bias"])
            network = cls(blocks, width, hidden, outputs, activation)
            network.load_state_dict(state)
        except (KeyError, ValueError, TypeError, RuntimeError) as error:
            raise InputError(f"no state dict of a residual network: {error}") from None
        return network

    @classmethod
    def load(cls, path: str | Path, activation: str | None = None) -> "ResidualNetwork":
        """Read a file that `permq export` wrote, in either format, and nothing that runs code.

        Parameters
        ----------
        path
            A `.safetensors` file, or one that `torch.save` wrote.
        activation
            Where it is not said, a `.safetensors` file tells it; otherwise it is ReLU.

        Raises
        ------
        InputError
            When it holds no such network.
        """
        path = Path(path)
        try:
            state, said = _read(path)
        # both readers raise whatever a damaged file leads them to; each of it means the same here
        except Exception as error:  # noqa: BLE001
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(f"{path}: cannot be read as a network: {reason}") from None
        return cls.of_state(state, activation or said)


def _read(path: Path) -> tuple[dict[str, Tensor], str]:
    """State dict and activation of a file; ReLU where it says none."""
    if path.suffix != ".safetensors":
        return torch.load(path, map_location="cpu", weights_only=True), "relu"
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        # the open file is no mapping: it has keys, but cannot be iterated over
        state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        return state, (file.metadata() or {}).get("activation", "relu")
