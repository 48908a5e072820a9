"""When a slice is to end, as far as the clock says so."""

from dataclasses import replace
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
    ("seconds", "worked", "stop", "leave"),
    [
        (600.0, 0.0, False, False),
        # a slice that is over ends its first unit of work
        (0.0, 0.0, True, False),
        # a job whose time is over does not, however long the slice might still be
        (600.0, 60.0, True, True),
        (0.0, 60.0, True, True),
    ],
)
def test_a_job_whose_time_is_over_is_left_at_once(seconds, worked, stop, leave):
    claim = replace(CLAIM, time_limit=60.0, worked=worked)
    lease = Lease("postgresql://nobody.invalid/none", claim, seconds, quiet=True)
    assert (lease.stop(), lease.ordered(), lease.is_over) == (stop, leave, leave)


def test_a_job_without_a_limit_is_never_over():
    claim = replace(CLAIM, time_limit=None, worked=1e9)
    assert not Lease("postgresql://nobody.invalid/none", claim, 600.0, quiet=True).is_over
