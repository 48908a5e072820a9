"""What a node's work comes to, and what is recommended."""

import pytest

from permq.pool.runs import NodeUseRow
from permq.report.compute import recommendations, total, use_of

ROW = NodeUseRow(
    node="one",
    chipset="chip",
    slots=2,
    memory=1000,
    version="1",
    numeric_class="c",
    slices=4,
    jobs=2,
    busy=80.0,
    span=50.0,
    cpu_seconds=72.0,
    peak_memory=100,
    steps=800,
    energy=None,
)


def test_use_efficiency_and_rate_are_ratios():
    use = use_of(ROW)
    assert (use.use, use.efficiency, use.rate) == pytest.approx((0.8, 0.9, 10.0))
    assert recommendations(use) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"busy": 20.0, "cpu_seconds": 18.0}, "slots idle: 20% of 2 slots"),
        ({"cpu_seconds": 40.0}, "processor shared: a busy slot had 50%"),
        ({"cpu_seconds": 160.0}, "several threads: a busy slot took 2.0 cores"),
        ({"peak_memory": 450}, "memory near the limit: 2 slots may take 90%"),
    ],
)
def test_what_is_wrong_is_recommended_against(change, told):
    (advice,) = recommendations(use_of(ROW._replace(**change)))
    assert advice.startswith(told)


def test_what_the_system_does_not_tell_is_not_guessed():
    use = use_of(ROW._replace(cpu_seconds=None, peak_memory=None, memory=None, span=0.0))
    assert use.efficiency is None
    assert [line.partition(":")[0] for line in recommendations(use)] == ["slots idle"]


def test_sums_leave_out_what_is_not_known():
    uses = [use_of(ROW), use_of(ROW._replace(energy=5.0, cpu_seconds=None))]
    assert total(uses) == {
        "busy": 160.0,
        "cpu_seconds": 72.0,
        "energy": 5.0,
        "steps": 1600,
        "slices": 8,
    }
