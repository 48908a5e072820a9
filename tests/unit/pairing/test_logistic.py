import numpy as np
from scipy.optimize import minimize

from permq.pairing.logistic import Example, fit
from permq.pairing.normalise import log_sum


def examples(count=4, features=3, seed=0):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        blocks = int(rng.integers(5, 12))
        pair = rng.permutation(blocks)
        values = rng.normal(size=(features, blocks, blocks))
        values[0, np.arange(blocks), pair] += 2
        values[1, np.arange(blocks), pair] -= 1
        found.append(Example(values, pair))
    return found


def test_the_fit_is_where_a_general_optimiser_ends():
    known = examples()

    def loss(weights):
        value = 1.5 * np.sum(weights**2)
        for example in known:
            logits = np.tensordot(weights, example.features, 1)
            right = (np.arange(len(example.pair)), example.pair)
            for axis in (0, 1):
                value -= 24 * (logits - log_sum(logits, axis))[right].mean()
        return value

    expected = minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-8}).x
    np.testing.assert_allclose(fit(known, penalty=3.0), expected, atol=1e-3)


def test_weights_have_the_sign_of_what_they_tell():
    weights = fit(examples(8), penalty=1.0)
    assert weights[0] > 1
    assert weights[1] < -0.5
    assert abs(weights[2]) < 0.3


def test_log_sums_keep_their_axis():
    logits = np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_allclose(log_sum(logits, 1), np.log(np.exp(logits).sum(1, keepdims=True)))
