"""How far moves reach."""

from permq.search.schedule import reach_at


def test_it_shrinks_from_far_to_near():
    assert [reach_at(done, 1.0, 0.01, 100) for done in (0, 0.5, 1)] == [100, 10, 1]


def test_it_is_one_at_least():
    assert reach_at(1.0, 0.1, 0.01, 5) == 1
    assert reach_at(0.0, 1.0, 1.0, 0) == 1
