"""Drawing positions."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from permq.search.moves.move import pair_within, unanchored


@pytest.mark.parametrize("count", [2, 3, 4, 7, 12])
@pytest.mark.parametrize("reach", [1, 2, 3, 6, 11, 50])
def test_pairs_are_uniform_over_those_within_reach(count, reach):
    wanted = [(i, j) for i, j in combinations(range(count), 2) if j - i <= reach]
    cells = len(wanted) * 5
    drawn = Counter(pair_within((k + 0.5) / cells, count, reach) for k in range(cells))
    assert drawn == dict.fromkeys(wanted, 5)


def test_the_largest_draw_stays_inside():
    assert pair_within(1 - 2**-53, 48, 47) == (46, 47)


def test_anchored_layers_are_taken_by_layer_not_by_position():
    inp, free = np.array([2, 0, 1]), np.array([0, 1, 2])
    np.testing.assert_array_equal(unanchored(inp, free, frozenset({2})), [1, 2])
    assert unanchored(inp, free, frozenset()) is free
