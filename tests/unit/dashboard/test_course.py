"""Solutions in order of time, and the records among them."""

from datetime import UTC, datetime, timedelta

from permq.dashboard.course import course

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


def found(*costs):
    return [
        (number, BEGIN + timedelta(seconds=number), cost, "anneal", None)
        for number, cost in enumerate(costs)
    ]


def test_records_are_where_the_least_cost_falls():
    told = course(found(3.0, 4.0, 3.0, 1.0, 2.0, 0.0))
    assert told.records == (0, 3, 5)
    assert [point.cost for point in told.points] == [3.0, 4.0, 3.0, 1.0, 2.0, 0.0]
    assert told.points[1].at - told.points[0].at == 1000


def test_an_empty_pool_has_no_course():
    assert course([]).records == ()
