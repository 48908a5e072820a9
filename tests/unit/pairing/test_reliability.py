import numpy as np
import pytest

from permq.pairing.reliability import calibration_error, log_loss, reliability


def judged(blocks, share, right, networks=200, seed=0):
    """Networks that give one entry per row `share`, where it is right as often as `right`."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(networks):
        pair = np.arange(blocks)
        shares = np.full((blocks, blocks), (1 - share) / (blocks - 1))
        named = np.where(rng.random(blocks) < right, pair, (pair + 1) % blocks)
        shares[pair, named] = share
        found.append((shares, pair))
    return found


def test_honest_probabilities_have_no_error():
    bins = reliability(judged(2, 0.8, 0.8, networks=4000))
    assert calibration_error(bins) < 0.02


def test_boasting_is_the_error():
    bins = reliability(judged(2, 0.9, 0.5, networks=4000))
    assert calibration_error(bins) == pytest.approx(0.4, abs=0.02)


def test_a_bin_says_how_many_were_right():
    shares = np.array([[0.95, 0.05], [0.05, 0.95]])
    low, high = reliability([(shares, np.array([0, 1]))])
    assert (low.seen, low.count) == (0.0, 2)
    assert (high.seen, high.count) == (1.0, 2)
    assert high.said == pytest.approx(0.95)


def test_the_loss_of_certainty_about_the_right_pairs_is_zero():
    assert log_loss([(np.eye(3), np.arange(3))]) == 0
    assert log_loss([(np.eye(3)[[1, 0, 2]], np.arange(3))]) > 9
