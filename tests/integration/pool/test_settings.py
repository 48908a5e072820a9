"""Settings that are changed while the fleet works."""

import logging

import pytest

from permq.errors import OptionError
from permq.pool import settings
from permq.pool.connection import transaction
from permq.pool.seeding import Shares


@pytest.fixture
def cursor(connection):
    with transaction(connection) as one:
        yield one


def test_defaults_hold_where_nothing_is_said(cursor):
    assert settings.read(cursor) == {key: one.default for key, one in settings.KNOWN.items()}
    assert settings.read_shares(cursor) == Shares()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("seed.random", "0.75", 0.75),
        ("seed.perturbation", "12", 12),
        ("dispatch.policy", "strict", "strict"),
        ("slice.seconds", "5", 5.0),
        ("views.puzzle", "toy", "toy"),
    ],
)
def test_what_is_put_is_read(stored, cursor, key, text, value):
    assert settings.put(cursor, key, text) == value
    assert settings.get(cursor, key) == value
    settings.reset(cursor, key)
    assert settings.get(cursor, key) == settings.KNOWN[key].default


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("seed.random", "1.1", "a number from 0 to 1; got '1.1'"),
        ("seed.random", "nan", "a number from 0 to 1"),
        ("seed.random", "much", "a number from 0 to 1"),
        ("seed.perturbation", "1.5", "a whole number from 0 to 1000"),
        ("elite.count", "0", "a whole number from 1 to 200"),
        ("dispatch.policy", "Strict", "one of prefer, strict"),
        ("views.puzzle", "unknown", "there is no puzzle 'unknown' in the pool"),
        ("no.such", "1", "no setting 'no.such'; there are seed.random"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(cursor, key, text, problem):
    with pytest.raises(OptionError, match=problem):
        settings.put(cursor, key, text)
    assert settings.stored(cursor) == {}


def test_no_setting_leaves_jobs_without_a_seed(cursor):
    settings.put(cursor, "seed.random", "0")
    settings.put(cursor, "seed.score", "0")
    with pytest.raises(OptionError, match="cannot all be 0"):
        settings.put(cursor, "seed.elite", "0")
    assert settings.read_shares(cursor).elite > 0


def test_shares_are_what_was_set(cursor):
    settings.put(cursor, "seed.elite", "1")
    settings.put(cursor, "elite.distance", "0.5")
    shares = settings.read_shares(cursor)
    assert (shares.elite, shares.distance, shares.random) == (1.0, 0.5, Shares().random)


def test_a_value_that_a_script_spoiled_is_passed_over_aloud(cursor, caplog):
    cursor.execute("INSERT INTO js_puzzle_config VALUES ('seed.elite', 'lots'), ('own', 'x')")
    with caplog.at_level(logging.WARNING):
        assert settings.read_shares(cursor) == Shares()
    assert "seed.elite is a number from 0 to 1; got 'lots'" in caplog.text
    assert settings.stored(cursor)["own"] == "x"


def test_shares_that_a_script_set_to_nothing_are_passed_over_aloud(cursor, caplog):
    for key in ("seed.elite", "seed.score", "seed.random"):
        cursor.execute("INSERT INTO js_puzzle_config VALUES (%s, 0)", (key,))
    with caplog.at_level(logging.WARNING):
        assert settings.read_shares(cursor) == Shares()
    assert "all 0" in caplog.text
