"""Calibration and discrimination against cases computed by hand."""

import numpy as np
import pytest

from permq.bench.calibration import quality, roc, thinned

SAID = np.array([0.9, 0.8, 0.4, 0.3])
RIGHT = np.array([True, False, True, False])


def test_a_case_by_hand():
    found = quality(SAID, RIGHT)
    assert found.auc == pytest.approx(3 / 4)  # of 2 x 2 pairs one is the wrong way round
    assert found.brier == pytest.approx((0.01 + 0.64 + 0.36 + 0.09) / 4)
    # every prediction has a bin of its own
    assert found.ece == pytest.approx((0.1 + 0.8 + 0.6 + 0.3) / 4)
    assert found.histogram == (0, 0, 0, 1, 1, 0, 0, 0, 1, 1)
    assert found.false_positive == (0, 0, 0.5, 0.5, 1)
    assert found.true_positive == (0, 0.5, 0.5, 1, 1)


def test_the_area_is_the_rank_statistic_with_ties_as_half():
    rng = np.random.default_rng(0)
    said, right = rng.integers(0, 8, 200) / 8, rng.random(200) < 0.4
    wins = [(p > q) + 0.5 * (p == q) for p in said[right] for q in said[~right]]
    assert quality(said, right).auc == pytest.approx(np.mean(wins))


def test_one_class_alone_has_no_curve():
    found = quality(SAID, np.ones(4, bool))
    assert found.auc is None
    assert found.false_positive == ()
    assert roc(SAID, np.zeros(4, bool))[0].size == 0


def test_what_means_what_it_says_has_no_error():
    said = np.repeat([0.25, 0.75], 4)
    right = np.array([1, 0, 0, 0, 1, 1, 1, 0], bool)
    assert quality(said, right).ece == pytest.approx(0)


def test_the_ends_of_the_scale_belong_to_bins():
    assert quality(np.array([0.0, 1.0]), np.array([0, 1], bool)).histogram == (1, *[0] * 8, 1)


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        quality(np.array([1.2]), np.array([True]))
    with pytest.raises(ValueError, match="outcomes"):
        quality(np.array([]), np.array([]))


def test_a_thinned_curve_keeps_its_ends():
    curve = tuple(np.linspace(0, 1, 5000))
    points = thinned(curve, curve)
    assert len(points) <= 400
    assert (points[0], points[-1]) == ([0, 0], [1, 1])
