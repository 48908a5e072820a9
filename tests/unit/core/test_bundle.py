from contextlib import suppress

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save, save_file

from permq.core.bundle import read_bundle
from permq.errors import PuzzleError


def layers(pattern, numbers=(0, 1, 2), dtype=torch.float32):
    state = {}
    for number in numbers:
        key = pattern.format(number)
        state[f"{key}.weight"] = torch.full((2, 3), float(number)).to(dtype)
        state[f"{key}.bias"] = torch.arange(2.0).to(dtype) + number
    return state


def refused(path):
    with pytest.raises(PuzzleError) as caught:
        read_bundle(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value.problem


def write(path, state):
    (save_file if path.suffix == ".safetensors" else torch.save)(state, path)
    return path


@pytest.fixture(params=[".pth", ".pt", ".safetensors"])
def path(request, tmp_path):
    return tmp_path / f"network{request.param}"


@pytest.mark.parametrize("pattern", ["{}", "layers.{}", "piece_{}", "a.0.b{}", "net.layer{}"])
def test_the_number_before_the_last_dot_is_the_piece(path, pattern):
    read = read_bundle(write(path, layers(pattern, (2, 0, 11))))
    assert list(read) == [0, 2, 11]
    assert read[11].weight.tolist() == [[11.0] * 3] * 2
    assert read[2].bias.tolist() == [2, 3]
    assert read[2].bias.dtype == np.float32


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_other_floating_point_types_become_float32(path, dtype):
    read = read_bundle(write(path, layers("{}", dtype=dtype)))
    assert read[2].weight.dtype == np.float32
    assert read[2].weight.tolist() == [[2.0] * 3] * 2


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ({}, "holds no layers"),
        ({"weight": torch.ones(1, 1)}, "key 'weight' is no weight or bias of a numbered layer"),
        (layers("blocks.{}.inp"), "key 'blocks.0.inp."),
        ({"0.weight": torch.ones(1, 1)}, "layer 0: needs the keys weight and bias, found 'weight'"),
        ({"0.running_mean": torch.ones(1)}, "key '0.running_mean' is no weight"),
        (layers("a.{}") | layers("b.{}"), "layer 0 has two keys for its "),
        (layers("{}") | layers("0{}"), "layer 0 has two keys for its "),
        ({"1.weight": torch.ones(2), "1.bias": torch.ones(2)}, "layer 1: weight of shape (2,) and"),
        (
            {"7.weight": torch.tensor([[torch.nan]]), "7.bias": torch.ones(1)},
            "layer 7: weight holds NaN or infinite values",
        ),
    ],
)
def test_what_is_no_numbered_layer_is_named(path, state, problem):
    assert refused(write(path, state)).startswith(problem)


def test_whole_numbers_are_refused(tmp_path):
    path = write(tmp_path / "a.safetensors", {"0.weight": torch.ones(1, 1, dtype=torch.int32)})
    assert refused(path) == "'0.weight' holds I32, not floating-point numbers"


def test_a_missing_file_is_named(path):
    assert refused(path) == "no such file"


def test_another_kind_of_file_is_refused(path):
    path.write_bytes(b"hello world, I am no network")
    refused(path)


SEED = save(layers("{}"))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_safetensors_are_read_or_refused(tmp_path, data):
    content = bytearray(SEED[: data.draw(st.integers(0, len(SEED)))])
    for _ in range(data.draw(st.integers(0, 3)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "a.safetensors"
    path.write_bytes(bytes(content))
    with suppress(PuzzleError):
        read_bundle(path)
