import numpy as np
import pytest

from permq.pairing.excess import compressed, edge, excess


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
def test_the_edge_of_a_uniform_bulk_is_its_bound(scale):
    weights = np.random.default_rng(0).uniform(-scale, scale, (20, 30, 40))
    assert edge(weights) == pytest.approx(scale, rel=0.02)


def test_a_few_moved_weights_do_not_shift_the_edge():
    weights = np.random.default_rng(0).uniform(-1, 1, (20, 30, 40))
    weights[:, 3] *= 5
    assert edge(weights) == pytest.approx(1, rel=0.05)


def test_excess_is_what_sticks_out_with_its_sign():
    weights = np.array([0.5, -0.5, 0.5, -0.5, 2.0, -3.0, 0.0], np.float32)  # edge 1
    np.testing.assert_allclose(excess(weights, 1.0), [0, 0, 0, 0, 1, -2, 0])
    np.testing.assert_allclose(excess(weights, 1.5), [0, 0, 0, 0, 0.5, -1.5, 0])


def test_compression_keeps_the_order_and_takes_zeros():
    amount = np.array([[0.0, 1.0, 10.0]])
    found = compressed(amount)[0]
    assert found[0] == 0 < found[1] < found[2] < 10 * found[1]
    np.testing.assert_array_equal(compressed(np.zeros((2, 2))), np.zeros((2, 2)))
