"""`permq up`, `down`, `status` and `flower` where no server runs."""

import pytest


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch, tmp_path):
    """An environment that names no servers and an empty data folder."""
    for name in ("PERMQ_POSTGRES_URL", "PERMQ_REDIS_URL", "PERMQ_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize(
    "words",
    [
        ("--nodes", -1),
        ("--nodes", "many"),
        ("--workers", 0),
        ("--flower-port", 0),
        ("--redis-port", 70_000),
        ("--postgres-port", "http"),
        ("--dashboards",),
    ],
)
def test_up_refuses_what_cannot_be_before_it_starts_anything(permq, tmp_path, words):
    outcome = permq("up", *words)
    assert outcome.code == 2
    assert str(words[0]) in outcome.err
    assert not (tmp_path / "data").exists()


def test_up_refuses_a_data_folder_that_cannot_be_one(permq, tmp_path):
    (tmp_path / "file").touch()
    outcome = permq("up", "--nodes", 0, "--data", tmp_path / "file" / "data")
    assert outcome.code == 2
    assert "cannot be made" in outcome.err


def test_down_where_nothing_runs_says_so(permq, tmp_path):
    outcome = permq("down", "--json")
    assert (outcome.code, outcome.json) == (0, {"data": str(tmp_path / "data"), "ended": None})
    assert permq("down").out == f"nothing runs on {tmp_path / 'data'}\n"


def test_status_where_nothing_runs_says_so_and_what_to_do(permq, tmp_path):
    outcome = permq("status", "--json")
    assert outcome.code == 1
    assert outcome.json["healthy"] is False
    assert outcome.json["up"] is None
    names = {service["name"]: service["health"] for service in outcome.json["services"]}
    assert names == {"postgres": "not running", "redis": "not running"}
    assert (outcome.json["nodes"], outcome.json["jobs"]) == ([], {})
    assert "permq up" in permq("status").out


def test_status_of_a_data_folder_leaves_no_trace_in_it(permq, tmp_path):
    permq("status")
    permq("down")
    assert not (tmp_path / "data").exists()


def test_status_tells_what_postgres_and_redis_say(permq, postgres_url, redis_url, monkeypatch):
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("PERMQ_REDIS_URL", redis_url)
    outcome = permq("status", "--json")
    assert outcome.code == 0
    assert outcome.json["healthy"] is True
    password = postgres_url.split(":")[2].partition("@")[0]
    assert password not in outcome.out
    for service in outcome.json["services"]:
        assert service["health"] == "ok"
        assert service["version"][0].isdigit()
        assert "127.0.0.1" in service["address"]


def test_status_tells_of_a_database_without_the_schema(
    permq, empty_postgres_url, redis_url, monkeypatch
):
    monkeypatch.setenv("PERMQ_POSTGRES_URL", empty_postgres_url)
    monkeypatch.setenv("PERMQ_REDIS_URL", redis_url)
    outcome = permq("status", "--json")
    assert outcome.code == 1
    assert "permq db migrate" in outcome.json["problem"]


def test_flower_without_servers_says_what_to_do(permq):
    outcome = permq("flower")
    assert outcome.code == 1
    assert "permq up" in outcome.err
