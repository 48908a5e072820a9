from pathlib import Path

import pytest
import torch
from torch import nn

from permq.core.torch_module import ResidualNetwork
from permq.errors import InputError, OptionError


def test_it_computes_what_ordinary_layers_compute():
    torch.manual_seed(0)
    network = ResidualNetwork(2, 3, 5, 2, "tanh")
    x = torch.randn(4, 3)
    a, b, c, d, last = network.layers
    state = x + b(nn.Tanh()(a(x)))
    state = state + d(nn.Tanh()(c(state)))
    torch.testing.assert_close(network(x), last(state))


def test_its_state_dict_builds_it_again():
    network = ResidualNetwork(3, 4, 6, 2, "gelu")
    again = ResidualNetwork.of_state(network.state_dict(), "gelu")
    x = torch.randn(5, 4)
    torch.testing.assert_close(again(x), network(x), rtol=0, atol=0)


def test_other_state_dicts_and_activations_are_refused():
    with pytest.raises(InputError, match="no state dict"):
        ResidualNetwork.of_state(nn.Linear(2, 3).state_dict())
    misfit = ResidualNetwork(2, 3, 5).state_dict() | {"layers.1.weight": torch.zeros(2, 2)}
    with pytest.raises(InputError, match="no state dict"):
        ResidualNetwork.of_state(misfit)
    with pytest.raises(OptionError, match="sine"):
        ResidualNetwork(1, 2, 3, activation="sine")


@pytest.mark.parametrize("name", ["damaged.pt", "damaged.safetensors"])
def test_a_file_that_is_no_network_is_named(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(b"not a network")
    with pytest.raises(InputError, match=name):
        ResidualNetwork.load(tmp_path / name)
    with pytest.raises(InputError, match="absent"):
        ResidualNetwork.load(tmp_path / f"absent-{name}")
