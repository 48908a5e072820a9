import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from permq.core.activations import ACTIVATIONS
from tests.toys import PLAIN_ACTIVATIONS

NAMES = sorted(ACTIVATIONS)
VALUES = arrays(np.float64, (3, 4), elements=st.floats(-30, 30))


def test_every_activation_that_a_puzzle_can_name_is_here() -> None:
    assert NAMES == ["gelu", "relu", "silu", "tanh"]
    assert all(ACTIVATIONS[name].name == name for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@given(values=VALUES)
def test_values_are_overwritten_with_those_of_the_definition(name, values) -> None:
    expected = PLAIN_ACTIVATIONS[name](values)
    for apply in (ACTIVATIONS[name].apply, ACTIVATIONS[name].apply_with_slope):
        overwritten = values.copy()
        apply(overwritten)
        np.testing.assert_allclose(overwritten, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@given(values=VALUES)
def test_the_slope_is_the_derivative(name, values) -> None:
    values = np.where(np.abs(values) < 1e-3, 0.5, values)  # ReLU has none at 0
    step = 1e-6
    ahead, behind = values + step, values - step
    ACTIVATIONS[name].apply(ahead)
    ACTIVATIONS[name].apply(behind)
    slope = ACTIVATIONS[name].apply_with_slope(values.copy())
    np.testing.assert_allclose(slope, (ahead - behind) / (2 * step), atol=1e-7)


@pytest.mark.parametrize("name", NAMES)
def test_single_precision_stays_single_and_agrees_with_double(name) -> None:
    values = np.linspace(-12, 12, 200)
    single, double = values.astype(np.float32), values.copy()
    slope = ACTIVATIONS[name].apply_with_slope(single)
    slope_double = ACTIVATIONS[name].apply_with_slope(double)
    assert slope.dtype == np.float32
    np.testing.assert_allclose(single, double, atol=3e-6)
    np.testing.assert_allclose(slope, slope_double, atol=3e-6)


@pytest.mark.parametrize("name", NAMES)
def test_large_values_neither_overflow_nor_warn(name) -> None:
    values = np.array([-1e4, -200.0, 200.0, 1e4], np.float32)
    slope = ACTIVATIONS[name].apply_with_slope(values)
    assert np.isfinite(values).all()
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", NAMES)
def test_activations_agree_with_torch(name) -> None:
    torch = pytest.importorskip("torch")
    values = np.linspace(-6, 6, 101)
    theirs = getattr(torch.nn.functional, name)(torch.from_numpy(values.copy())).numpy()
    ACTIVATIONS[name].apply(values)
    np.testing.assert_allclose(values, theirs, atol=1e-12)
