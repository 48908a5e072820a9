"""Numbers, times and tables of jobs as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from permq.cli import job_format as form


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"),
        (float("inf"), "-"),
        (-1, "0.0s"),
        (0.44, "0.4s"),
        (9.96, "10s"),
        (59.6, "1m00s"),
        (192, "3m12s"),
        (3599.7, "1h00m"),
        (7500, "2h05m"),
        (3 * 86400 + 4 * 3600, "3d04h"),
    ],
)
def test_times_are_told_in_two_units_at_most(seconds, text):
    assert form.duration(seconds) == text


def test_a_time_of_another_day_has_its_date():
    now = datetime(2030, 5, 6, 12, tzinfo=UTC)
    assert form.moment(now, now) == f"{now.astimezone():%H:%M:%S}"
    before = now - timedelta(days=2)
    assert form.moment(before, now) == f"{before.astimezone():%Y-%m-%d %H:%M:%S}"
    assert form.moment(None) == "-"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.0, "0"), (1 / 3, "0.333333"), (2.1006912e-14, "2.10069e-14")],
)
def test_costs_have_six_digits(value, text):
    assert form.cost(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.123, "0.12"), (623.4, "623"), (12345.6, "12,346"), (2_500_000, "2.5M")],
)
def test_rates_are_short(value, text):
    assert form.rate(value) == text


@pytest.mark.parametrize(
    ("done", "total", "text"),
    [(0, None, "-"), (1500, None, "1,500"), (0, 10, "0%"), (1, 3, "33%"), (10, 10, "100%")],
)
def test_shares(done, total, text):
    assert form.share(done, total) == text


def test_a_share_short_of_all_is_not_rounded_to_all():
    assert form.share(9_999, 10_000) == "99%"


def test_neighbouring_numbers_are_joined():
    assert form.numbers([3, 5, 6, 7, 9]) == "3, 5-7, 9"
    assert form.job_list([4]) == "job 4"
    assert form.job_list([4, 5, 9]) == "3 jobs (4-5, 9)"


def test_a_table_fits_its_width_by_cutting_the_last_column():
    lines = form.table(
        ("id", "why"), [("1", "short"), ("12", "a long reason " * 9)], right="id", width=30
    )
    assert lines[0] == "id  why"
    assert lines[1] == " 1  short"
    assert len(lines[2]) == 30
    assert lines[2].endswith("…")


def test_a_column_has_a_limit_of_its_own():
    assert form.table(("name", "n"), [("abcdefgh", "1")], limits={"name": 5}) == [
        "name   n",
        "abcd…  1",
    ]


def test_a_table_may_be_empty():
    assert form.table(("a", "b"), []) == ["a  b"]
