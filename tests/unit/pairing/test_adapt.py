import numpy as np

from permq.pairing.adapt import adapted
from permq.pairing.assignment import assign


def drawn(strengths, blocks=30, seed=0):
    """Features of which each tells right pairs (the diagonal) by its own strength."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(len(strengths), blocks, blocks))
    diagonal = np.arange(blocks)
    for feature, strength in zip(features, strengths, strict=True):
        feature[diagonal, diagonal] += strength
    return features


def test_a_feature_that_tells_weighs_more_than_one_that_does_not():
    features = drawn([3.0, 0.0])
    belief = np.full((30, 30), 0.2 / 29)
    np.fill_diagonal(belief, 0.8)
    ratio = adapted(features, belief)
    by_first = np.corrcoef(ratio.ravel(), features[0].ravel())[0, 1]
    by_second = np.corrcoef(ratio.ravel(), features[1].ravel())[0, 1]
    assert by_first > 0.95 > 0.3 > abs(by_second)


def test_a_feature_of_the_wrong_sign_is_turned():
    features = drawn([-3.0])
    belief = np.full((30, 30), 0.2 / 29)
    np.fill_diagonal(belief, 0.8)
    assert (assign(-adapted(features, belief)) == np.arange(30)).mean() > 0.8


def test_no_row_learns_from_itself():
    features = drawn([1.0, 1.0])
    belief = np.full((30, 30), 1e-4)
    np.fill_diagonal(belief, 0.5)
    boosted = features.copy()
    boosted[0, 4, 7] += 50  # row 4 now seems to have a pair that only the first feature sees
    certain = belief.copy()
    certain[4] = np.eye(30)[7]
    weight_of_first = [
        np.abs(adapted(boosted, certain)[row, 7] / boosted[0, row, 7]) for row in (4, 5)
    ]
    assert weight_of_first[0] < weight_of_first[1]


def test_a_single_block_needs_no_weights():
    np.testing.assert_array_equal(adapted(np.ones((3, 1, 1)), np.ones((1, 1))), [[0.0]])
