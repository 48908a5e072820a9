"""How waiting for jobs ends."""

import pytest

from permq.jobs.waiting import Standing
from permq.pool.listed import PuzzleBest, Steps

SOLVED = PuzzleBest(1, "small", 5, None, 1, "ab", 0.0, True, "anneal", None, 3, None, 0.0)


@pytest.mark.parametrize(
    ("counts", "solved", "status"),
    [
        ({"done": 3}, None, 0),
        ({"done": 3, "failed": 1}, None, 1),
        ({"done": 3, "blocked": 1, "cancelled": 1}, None, 1),
        ({"done": 3, "cancelled": 1}, None, 4),
        ({"done": 1, "cancelled": 5}, SOLVED, 0),
        ({"done": 1, "failed": 1}, SOLVED, 1),
    ],
)
def test_the_exit_status_tells_how_it_ended(counts, solved, status):
    now = Standing(counts, Steps(0, 0, 0, 0.0), solved=solved)
    assert now.over
    assert now.status == status


def test_it_is_not_over_while_one_is_held_back():
    assert not Standing({"done": 3, "paused": 1}, Steps(0, 0, 0, 0.0)).over
