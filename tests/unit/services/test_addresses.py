from dataclasses import replace

import pytest

from permq.errors import ServiceError
from permq.services.addresses import Record, Watch, find, forget, running, save, shown
from permq.services.lock import locked

OWN = Record(
    "postgresql://permq_owner:a@127.0.0.1:1/permq",
    "redis://worker:b@127.0.0.1:2/0",
    "postgresql://permq_reader:c@127.0.0.1:1/permq",
)


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    for name in ("PERMQ_POSTGRES_URL", "PERMQ_REDIS_URL", "PERMQ_CONFIG"):
        monkeypatch.delenv(name, raising=False)


def test_those_of_a_running_up_are_found(tmp_path):
    with locked(tmp_path):
        save(tmp_path, OWN)
        found = find(tmp_path)
        assert (found.postgres_url, found.redis_url) == (OWN.postgres_url, OWN.redis_url)
        assert found.reader_url == OWN.reader_url
        assert not [word for word in (":a@", ":b@", ":c@") if word in f"{found} {OWN}"]
        forget(tmp_path)
        assert running(tmp_path) is None


def test_the_environment_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("PERMQ_POSTGRES_URL", "postgresql://elsewhere/permq")
    with locked(tmp_path):
        save(tmp_path, OWN)
        found = find(tmp_path)
    assert (found.postgres_url, found.redis_url) == ("postgresql://elsewhere/permq", OWN.redis_url)
    assert found.reader_url == found.postgres_url


def test_a_record_left_behind_by_one_that_was_killed_is_not_believed(tmp_path):
    save(tmp_path, OWN)
    assert running(tmp_path) is None
    with pytest.raises(ServiceError, match=r"no Postgres is known.*permq up.*PERMQ_POSTGRES_URL"):
        _ = find(tmp_path).postgres_url
    with pytest.raises(ServiceError, match=r"no Redis is known.*permq up.*PERMQ_REDIS_URL"):
        _ = find(tmp_path).redis_url


def test_flower_is_written_down_with_its_login(tmp_path):
    watch = Watch("http://127.0.0.1:5555", "permq", "secret")
    with locked(tmp_path):
        save(tmp_path, replace(OWN, flower=watch))
        assert running(tmp_path).flower == watch


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me:secret@host:5432/permq", "postgresql://host:5432/permq"),
        ("postgresql://me:secret@host/permq?sslpassword=secret", "postgresql://host/permq"),
        ("redis://:secret@127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("redis://[::1]:6379/0", "redis://[::1]:6379/0"),
        ("host=db password=secret", "set in the environment"),
        ("postgresql://me:se/cret@host:1/db", "set in the environment"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url, expected):
    assert shown(url) == expected
