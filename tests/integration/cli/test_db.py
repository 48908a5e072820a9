"""`permq db` and `permq settings`."""

import pytest

from permq.pool import settings
from permq.pool.connection import connect, transaction
from permq.pool.migrate import migrations
from tests.puzzle_files import SMALL

NEWEST = len(migrations())


@pytest.fixture
def use(monkeypatch, tmp_path):
    """Let the environment name a database."""
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path / "data"))
    return lambda url: monkeypatch.setenv("PERMQ_POSTGRES_URL", url)


def test_a_new_database_is_behind_until_it_is_migrated(empty_postgres_url, use, permq):
    use(empty_postgres_url)
    ended = permq("db", "check", "--json")
    assert ended.code == 1
    assert ended.json == {"schema": 0, "known": NEWEST, "current": False}
    assert f"schema {NEWEST}: {NEWEST} applied" in permq("db", "migrate").out
    assert "nothing to do" in permq("db", "migrate").out
    ended = permq("db", "check")
    assert (ended.code, ended.out) == (0, f"schema {NEWEST}: current\n")


def test_a_database_goes_to_a_file_and_comes_back(
    postgres_url, empty_postgres_url, use, permq, tmp_path
):
    file = tmp_path / "pool.backup"
    use(postgres_url)
    permq("puzzle", "add", SMALL)
    permq("settings", "set", "seed.elite", "0.25")
    saved = permq("db", "backup", file, "--json").json
    assert (saved["rows"]["puzzles"], saved["schema"]) == (1, NEWEST)
    refused = permq("db", "restore", file)
    assert refused.code == 2
    assert "the database is not empty: --replace gives up what it holds" in refused.err
    assert permq("db", "restore", file, "--replace").code == 0
    use(empty_postgres_url)
    assert permq("db", "restore", file, "--json").json["rows"] == saved["rows"]
    assert permq("settings", "get", "seed.elite").out == "0.25\n"
    assert len(permq("puzzle", "list", "--json").json["puzzles"]) == 1


def test_what_is_no_backup_is_refused(postgres_url, use, permq, tmp_path):
    use(postgres_url)
    file = tmp_path / "pool.backup"
    file.write_text("no backup")
    ended = permq("db", "restore", file)
    assert ended.code == 2
    assert "no backup of permq, or damaged" in ended.err


def test_settings_are_read_set_and_returned_to_their_default(postgres_url, use, permq):
    use(postgres_url)
    everything = permq("settings", "get", "--json").json
    assert everything == {key: one.default for key, one in settings.KNOWN.items()}
    assert permq("settings", "get", "dispatch.policy").out == "prefer\n"
    assert permq("settings", "set", "dispatch.policy", "strict").code == 0
    assert permq("settings", "get", "dispatch.policy", "--json").json == {
        "dispatch.policy": "strict"
    }
    assert "(default prefer)" in permq("settings", "list").out
    permq("settings", "set", "dispatch.policy", "default")
    assert permq("settings", "get", "--json").json == everything
    told = permq("settings", "list", "--json").json["settings"]
    assert {one["key"] for one in told} == set(settings.KNOWN)
    assert all(one["help"] for one in told)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("get", "none"), "there is no setting 'none'"),
        (("set", "none", "1"), "there is no setting 'none'"),
        (("set", "none", "default"), "there is no setting 'none'"),
        (("set", "seed.elite", "2"), "a number from 0 to 1; got '2'"),
    ],
)
def test_what_cannot_be_set_is_refused(postgres_url, use, permq, words, problem):
    use(postgres_url)
    ended = permq("settings", *words)
    assert ended.code == 2
    assert problem in ended.err
    connection = connect(postgres_url)
    with transaction(connection) as cursor:
        assert settings.stored(cursor) == {}
    connection.close()
