"""Work of the nodes."""

import numpy as np
import pytest

from permq.figures.fleet import summed
from permq.pool.timeline import Work

HOUR = 3600.0
SLICES = [
    Work("fast", 2, "anneal", 0, 2 * HOUR, 7200),
    Work("fast", 2, "anneal", 0, HOUR, 3600),
    Work("slow", 1, "anneal", 0, HOUR, 360),
    Work("slow", 1, "pair", 2 * HOUR, 4 * HOUR, 10),
    Work("none", 1, "pair", 3 * HOUR, 4 * HOUR, 10),
]


def test_work_is_summed_by_node_and_kind():
    found = summed(SLICES, bins=4)
    assert found.nodes == ("fast", "slow", "none")
    assert found.kinds == ("anneal", "pair")
    assert found.hours.tolist() == [[3, 0], [1, 2], [0, 1]]
    assert found.share == pytest.approx([3 / 7, 3 / 7, 1 / 7])


def test_speed_is_told_at_the_kind_with_the_most_steps():
    found = summed(SLICES, bins=4)
    assert found.measured == "anneal"
    assert found.rate[:2].tolist() == [1.0, 0.1]
    assert np.isnan(found.rate[2])


def test_slots_are_busy_or_idle_over_time():
    found = summed(SLICES, bins=4)
    assert found.edges.tolist() == [0, 1, 2, 3, 4]
    assert found.busy == pytest.approx(
        np.array([[1, 0.5, 0, 0], [1, 0, 1, 1], [0, 0, 0, 1]]), abs=1e-9
    )
    assert found.utilisation == pytest.approx((3 + 3 + 1) / 16)


def test_a_slice_of_no_time_is_no_division_by_nothing():
    found = summed([Work("one", 1, "noop", 5, 5, 3)], bins=2)
    assert np.isfinite(found.rate).all()
    assert found.share == 1
