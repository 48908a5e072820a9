"""Solutions and work in order of time."""

import pytest

from permq.pool import solutions
from permq.pool.connection import transaction
from permq.pool.timeline import timeline, work


@pytest.fixture
def found(connection, stored, wrong):
    """Eight solutions, a minute apart, the best the fifth."""
    checked = sorted(wrong(8), key=lambda one: -one.verification.mse)
    checked[4], checked[7] = checked[7], checked[4]
    with transaction(connection) as cursor:
        ids = solutions.record(cursor, stored.id, checked, node="one")
        for place, number in enumerate(ids):
            cursor.execute(
                "UPDATE solutions SET found_at = to_timestamp(%s) WHERE id = %s",
                (1e9 + 60 * place, number),
            )
    return [one.verification.mse for one in checked]


def test_every_solution_comes_with_the_best_so_far(connection, stored, found):
    with transaction(connection) as cursor:
        moments = timeline(cursor, stored.id)
    assert [moment.at for moment in moments] == [1e9 + 60 * place for place in range(8)]
    assert [moment.cost for moment in moments] == pytest.approx(found)
    best = [min(found[: place + 1]) for place in range(8)]
    assert [moment.best for moment in moments] == pytest.approx(best)
    assert {(moment.node, moment.method, moment.whole) for moment in moments} == {
        ("one", "test", 8)
    }


def test_of_too_many_the_improvements_stay(connection, stored, found):
    with transaction(connection) as cursor:
        moments = timeline(cursor, stored.id, most=2)
    costs = [moment.cost for moment in moments]
    assert len(moments) < 8
    assert min(costs) == pytest.approx(min(found))
    assert costs[0] == pytest.approx(found[0])
    assert moments[-1].at == 1e9 + 420


def test_an_empty_pool_has_no_time(connection, stored):
    with transaction(connection) as cursor:
        assert timeline(cursor, stored.id) == []
        assert work(cursor, stored.id) == []
