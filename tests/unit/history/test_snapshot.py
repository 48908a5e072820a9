from math import log

import numpy as np
import pytest

from permq.history.geometry import drift, spread
from permq.history.snapshot import LEAST_SHARE, entropy_of, placed, snapshot

# two blocks (0, 1) and (2, 3), a last layer 4
STRAIGHT, TURNED = (0, 1, 2, 3, 4), (2, 3, 0, 1, 4)
CROSSED = (0, 3, 2, 1, 4)
FACTS = {
    "methods": {"anneal": 3, "swap": 1},
    "nodes": {"one": 4},
    "acceptance": {"swap": 0.5},
    "speed": 10.0,
    "probe": {"easy": 0.1},
}


def test_a_pool_by_hand():
    taken, placement = snapshot(
        [STRAIGHT, STRAIGHT, STRAIGHT, CROSSED],
        [1.0, 1.0, 1.0, 1.0],
        [STRAIGHT, CROSSED],
        before=None,
        **FACTS,
    )
    assert taken.compared == 4
    assert taken.agreement == [0.75, 0.75]
    expected = -(0.75 * log(0.75) + 0.25 * log(0.25))
    assert taken.entropy == pytest.approx([expected, expected], rel=1e-5)
    assert taken.locked == 0.0
    assert taken.diversity == 0.5  # three of the six pairs differ, at both positions
    assert taken.methods == {"anneal": 0.75, "swap": 0.25}
    assert taken.nodes == {"one": 1.0}
    assert taken.spread == [1.0]
    assert taken.drift is None
    assert placement == [[(0, 1, 0.75), (0, 3, 0.25)], [(2, 3, 0.75), (2, 1, 0.25)]]


def test_the_better_solution_weighs_more():
    _, placement = snapshot(
        [STRAIGHT, TURNED, TURNED], [1.0, 2.0, 2.0], [STRAIGHT], before=None, **FACTS
    )
    (first, second) = placement[0]
    assert first[:2] == (0, 1)
    assert first[2] + second[2] == pytest.approx(1)
    assert first[2] == pytest.approx(1 / (1 + 2 * np.exp(-1)), rel=1e-4)


def test_blocks_of_hardly_any_share_are_left_out():
    _, placement = snapshot(
        [STRAIGHT, STRAIGHT, TURNED], [0.0, 1e-9, 1.0], [], before=None, **FACTS
    )
    assert all(share >= LEAST_SHARE for at in placement for *_, share in at)
    assert len(placement[0]) == 1


def test_one_solution_is_settled_everywhere():
    taken, _ = snapshot([STRAIGHT], [0.5], [STRAIGHT], before=None, **FACTS)
    assert (taken.agreement, taken.entropy, taken.locked) == ([1.0, 1.0], [0.0, 0.0], 1.0)
    assert (taken.diversity, taken.spread) == (0.0, [])


def test_the_same_rows_give_the_same_numbers():
    given = ([STRAIGHT, TURNED], [1.0, 2.0], [STRAIGHT, TURNED])
    before = snapshot(*given, before=None, **FACTS)[0].numbers()
    one = snapshot(*given, before=before, **FACTS)
    assert one == snapshot(*given, before=before, **FACTS)
    assert one[0].drift == 0.0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([0.5], [0.5], 0.0),
        ([0.2], [0.5], 0.3),
        ([0.0, 1.0], [0.5, 0.5], 0.5),
        ([0.2, 0.2, 0.2], [0.2], 0.0),
        ([0.0, 0.0], [0.0, 1.0], 0.5),
        ([], [0.5], None),
    ],
)
def test_drift_by_hand(before, after, expected):
    found = drift(np.array(before), np.array(after))
    assert found == (None if expected is None else pytest.approx(expected))


def test_drift_is_the_wasserstein_distance():
    from scipy.stats import wasserstein_distance

    rng = np.random.default_rng(0)
    one, other = np.sort(rng.random(17)), np.sort(rng.random(30))
    assert drift(one, other) == pytest.approx(wasserstein_distance(one, other), rel=1e-12)


def test_drift_does_not_depend_on_the_order_of_the_elites():
    matrix = np.array([[0, 0.1, 0.2], [0.1, 0, 0.3], [0.2, 0.3, 0]])
    turned = matrix[::-1, ::-1]
    assert drift(spread(matrix), spread(turned)) == 0


def test_shares_of_a_position_sum_to_one():
    rng = np.random.default_rng(0)
    inputs = np.stack([rng.permutation(4) for _ in range(9)])
    weights = rng.random(9)
    at = placed(inputs, inputs + 4, weights / weights.sum())
    assert [sum(share for *_, share in one) for one in at] == pytest.approx([1] * 4)
    assert entropy_of([(0, 4, 0.5), (1, 5, 0.5)]) == pytest.approx(log(2))
