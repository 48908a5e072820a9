import numpy as np
import pytest
import torch

from permq.core.network import Network
from permq.core.torch_engine import TorchNetwork
from permq.errors import OptionError
from tests.toys import PLAIN_ACTIVATIONS, toy_puzzle

CASES = [(name, outputs) for name in PLAIN_ACTIVATIONS for outputs in (1, 3)]
TOLERANCE = {np.float32: {"rtol": 1e-4, "atol": 1e-5}, np.float64: {"rtol": 1e-9, "atol": 1e-11}}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("activation", "outputs"), CASES)
def test_both_engines_agree(activation: str, outputs: int, dtype: type):
    puzzle, answer = toy_puzzle(1, activation=activation, outputs=outputs, blocks=6)
    plain, other = Network(puzzle, dtype), TorchNetwork(puzzle, dtype)
    inp, out = puzzle.indices(answer)
    inp = inp[::-1].copy()
    x = puzzle.x
    states = plain.states(inp, out, x)
    for name, given in {
        "forward": (inp, out, x),
        "states": (inp, out, x),
        "predict": (states[-1],),
        "hidden_units": (2, x),
        "block": (2, 4, x),
        "adjoints": (inp, out, states),
    }.items():
        expected, found = getattr(plain, name)(*given), getattr(other, name)(*given)
        assert found.shape == expected.shape, name
        assert found.dtype == dtype, name
        np.testing.assert_allclose(found, expected, **TOLERANCE[dtype], err_msg=name)


def test_a_tensor_comes_back_as_a_tensor():
    puzzle, answer = toy_puzzle(2)
    inp, out = puzzle.indices(answer)
    network = TorchNetwork(puzzle)
    x = torch.from_numpy(puzzle.x)
    states = network.states(inp, out, x)
    assert isinstance(states, torch.Tensor)
    assert isinstance(network.adjoints(inp, out, states), torch.Tensor)
    assert np.array_equal(network.forward(inp, out, x).numpy(), network.forward(inp, out, puzzle.x))


def test_running_leaves_the_given_states_alone():
    puzzle, answer = toy_puzzle(3)
    inp, out = puzzle.indices(answer)
    network = TorchNetwork(puzzle)
    before = puzzle.x.copy()
    x = torch.from_numpy(puzzle.x)
    network.forward(inp, out, x)
    network.states(inp, out, x)
    assert np.array_equal(puzzle.x, before)


@pytest.mark.parametrize("device", ["abacus", "cuda:99"])
def test_a_device_that_is_not_there_is_named(device: str):
    puzzle, _ = toy_puzzle()
    with pytest.raises(OptionError, match=device):
        TorchNetwork(puzzle, device=device)


def test_other_number_formats_are_refused():
    puzzle, _ = toy_puzzle()
    with pytest.raises(OptionError, match="float16"):
        TorchNetwork(puzzle, np.float16)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_gpu_agrees_with_the_processor():
    puzzle, answer = toy_puzzle(4, blocks=12, width=16, hidden=32, rows=200)
    inp, out = puzzle.indices(answer)
    plain, other = Network(puzzle, np.float64), TorchNetwork(puzzle, np.float64, "cuda")
    states = plain.states(inp, out, puzzle.x)
    np.testing.assert_allclose(other.states(inp, out, puzzle.x), states, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(
        other.adjoints(inp, out, states), plain.adjoints(inp, out, states), rtol=1e-9, atol=1e-11
    )
