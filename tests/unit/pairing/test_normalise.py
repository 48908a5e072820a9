import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.pairing.normalise import contrast, sinkhorn


@given(st.integers(1, 12), st.integers(0, 999), st.floats(0.1, 20))
def test_sinkhorn_makes_rows_and_columns_sum_to_one(size, seed, scale):
    logits = scale * np.random.default_rng(seed).normal(size=(size, size))
    shares = sinkhorn(logits)
    assert shares.min() >= 0
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=1e-9)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=0.1)


def test_sinkhorn_ignores_what_is_common_to_a_row_or_column():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(6, 6))
    shifted = logits + rng.normal(size=(6, 1)) + rng.normal(size=(1, 6))
    np.testing.assert_allclose(sinkhorn(logits, 500), sinkhorn(shifted, 500), atol=1e-9)


def test_huge_logits_do_not_overflow():
    shares = sinkhorn(1e4 * np.eye(4))
    np.testing.assert_allclose(shares, np.eye(4), atol=1e-9)


@given(st.integers(3, 12), st.integers(0, 999))
def test_contrast_does_not_depend_on_scale(size, seed):
    values = np.random.default_rng(seed).normal(size=(size, size))
    np.testing.assert_allclose(contrast(7 * values), contrast(values), atol=1e-9)


def test_noise_has_a_contrast_of_about_one():
    values = np.random.default_rng(0).normal(size=(60, 60))
    assert contrast(values).std() == pytest.approx(1, abs=0.1)


def test_a_single_outlier_stands_out_undiminished():
    values = np.random.default_rng(0).normal(size=(30, 30))
    values[3, 4] += 20
    assert contrast(values)[3, 4] > 15


def test_equal_values_have_no_contrast():
    np.testing.assert_array_equal(contrast(np.full((5, 5), 3.0)), np.zeros((5, 5)))


def test_values_that_mostly_tie_keep_their_contrast():
    found = contrast(np.eye(9))
    assert (np.diag(found) > 1).all()
    assert np.isfinite(found).all()
