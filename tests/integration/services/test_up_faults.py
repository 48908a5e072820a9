"""`permq up` killed anywhere starts again without help; the long form is `ops/chaos up`."""

import itertools
import re

import pytest

from permq import faults
from tests.chaos import starts


@pytest.mark.slow
def test_it_may_be_killed_at_every_point_of_its_start_and_its_end():
    with starts.machine_for_a_while() as machine:
        # by turns the supervisor alone and everything with it
        struck = list(starts.chain(machine, itertools.cycle(starts.HOWS)))
    assert struck == list(starts.POINTS)


def test_every_point_is_there_and_is_struck(root):
    sources = [
        path.read_text() for room in ("permq", "workers") for path in (root / room).rglob("*.py")
    ]
    named = set(re.findall(r'fault_point\("([^"{]+)"\)|point="([^"]+)"', "\n".join(sources)))
    struck = {*faults.SLICE, *faults.RESTORE, *starts.POINTS}
    assert {one or other for one, other in named} <= struck
