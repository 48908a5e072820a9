"""When a slice is to end, as far as the clock says so."""

from datetime import UTC, datetime

import pytest

from permq.pool.claims import Claim
from workers.lease import Lease

CLAIM = Claim(
    job=1,
    token=1,
    puzzle_id=None,
    kind="solve",
    params={},
    seed=0,
    node_id=1,
    slice=0,
    steps_done=0,
    attempt=1,
    start=None,
    parent_solution_id=None,
    time_limit=1.0,
    worked=0.0,
    keep_going=True,
    claimed_at=datetime(2026, 1, 1, tzinfo=UTC),
    fingerprint=None,
    puzzle=None,
)


@pytest.mark.parametrize(
    ("seconds", "last", "stop", "leave"),
    [
        (600.0, False, False, False),
        (600.0, True, False, False),
        # an ordinary slice ends its first unit of work, that of a job whose time is over does not
        (0.0, False, True, False),
        (0.0, True, True, True),
    ],
)
def test_a_job_whose_time_is_over_is_left_at_once(seconds, last, stop, leave):
    lease = Lease("postgresql://nobody.invalid/none", CLAIM, seconds, quiet=True, last=last)
    assert (lease.stop(), lease.ordered()) == (stop, leave)
