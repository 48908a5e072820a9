import numpy as np

from permq.core.dropping.data import synthetic_task


def test_inputs_are_standardised_correlated_and_skewed():
    x, _ = synthetic_task(4000, 12, 1, 0.3, np.random.default_rng(0))
    assert x.shape == (4000, 12)
    assert x.dtype == np.float32
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-5)
    assert np.linalg.eigvalsh(np.corrcoef(x.T))[-1] > 2
    assert np.abs((x**3).mean(axis=0)).max() > 0.5


def test_labels_are_a_signal_of_spread_one_and_the_noise():
    _, clean = synthetic_task(4000, 12, 3, 0.0, np.random.default_rng(1))
    _, noisy = synthetic_task(4000, 12, 3, 0.5, np.random.default_rng(1))
    np.testing.assert_allclose(clean.std(axis=0), 1, atol=1e-5)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.5, atol=0.03)


def test_a_linear_model_explains_a_part_of_the_labels_only():
    x, true = synthetic_task(4000, 12, 1, 0.0, np.random.default_rng(2))
    design = np.column_stack([x, np.ones(len(x))])
    rest = true - design @ np.linalg.lstsq(design, true, rcond=None)[0]
    assert 0.02 < rest.var() < 0.8
