"""How long things last in a fleet can be changed, but not into nonsense."""

import pytest

from permq.config import FleetTimes
from permq.errors import OptionError


def test_nothing_said_leaves_all_as_it_is():
    assert FleetTimes.read({}) == FleetTimes()
    assert FleetTimes.read({"PERMQ_TIMES": " "}) == FleetTimes()


def test_some_are_changed_by_their_names():
    assert FleetTimes.read({"PERMQ_TIMES": "lease=4, beat=0.5"}) == FleetTimes(lease=4, beat=0.5)


@pytest.mark.parametrize(
    "text", ["lease", "lease=", "lease=0", "lease=-1", "lease=inf", "lease=nan", "other=3", "=3"]
)
def test_what_is_no_time_is_quoted(text):
    with pytest.raises(OptionError, match="NAME=SECONDS"):
        FleetTimes.read({"PERMQ_TIMES": text})


@pytest.mark.parametrize("text", ["renewal=30", "beat=30", "dead=30"])
def test_times_that_contradict_each_other_are_refused(text):
    with pytest.raises(OptionError, match="must hold"):
        FleetTimes.read({"PERMQ_TIMES": text})
