"""Solutions that differ enough from each other."""

import numpy as np
import pytest

from permq.pool.elites import far_apart


def slow(permutations, count, distance):
    """Block by block, as the definition says."""
    taken = []
    for place, one in enumerate(permutations):
        blocks = list(zip(one[0:-1:2], one[1:-1:2], strict=True))
        differ = [
            sum(
                mine != theirs
                for mine, theirs in zip(
                    blocks,
                    zip(permutations[t][0:-1:2], permutations[t][1:-1:2], strict=True),
                    strict=True,
                )
            )
            for t in taken
        ]
        if len(taken) < count and all(d / len(blocks) >= distance for d in differ):
            taken.append(place)
    return taken


@pytest.mark.parametrize("distance", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("count", [1, 4, 100])
def test_every_one_taken_is_far_from_all_before(count, distance):
    rng = np.random.default_rng(7)
    base = list(range(12))
    pool = []
    for _ in range(60):
        one = base.copy()
        for _ in range(rng.integers(1, 4)):
            i, j = rng.integers(0, 12, 2)
            one[i], one[j] = one[j], one[i]
        pool.append([*one, 12])
    assert far_apart(pool, count=count, distance=distance) == slow(pool, count, distance)


def test_the_first_is_always_taken():
    assert far_apart([[0, 1, 2]], count=5, distance=1.0) == [0]


def test_no_solutions_give_no_elites():
    assert far_apart([], count=5, distance=0.5) == []
