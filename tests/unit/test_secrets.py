"""Addresses and passwords: as they are, from a file, from a command."""

import shlex
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.config import Passwords, ServiceSettings, WatchSettings, data_folder
from permq.config.addresses import checked, with_password
from permq.errors import OptionError

SECRET = "pass word/@:%é"
ENCODED = "pass%20word%2F%40%3A%25%C3%A9"


def printing(tmp_path, text):
    """A command that prints a text and counts its runs."""
    program = tmp_path / "show.py"
    runs = tmp_path / "runs"
    program.write_text(f"open({str(runs)!r}, 'a').write('x')\nprint({text!r})\n")
    return shlex.join([sys.executable, str(program)]), runs


def test_a_password_of_a_file_is_put_into_the_address(tmp_path):
    (tmp_path / "word").write_text(f"{SECRET}\n")
    read = ServiceSettings.read(
        {
            "PERMQ_POSTGRES_URL": "postgresql://permq_worker@server:5432/permq?sslmode=require",
            "PERMQ_POSTGRES_PASSWORD_FILE": str(tmp_path / "word"),
            "PERMQ_REDIS_URL": "rediss://server:6379/0",
            "PERMQ_REDIS_PASSWORD": SECRET,
        }
    )
    assert read.postgres_url == (
        f"postgresql://permq_worker:{ENCODED}@server:5432/permq?sslmode=require"
    )
    assert read.redis_url == f"rediss://:{ENCODED}@server:6379/0"


def test_a_command_is_run_once_and_without_a_shell(tmp_path):
    command, runs = printing(tmp_path, "from a command; $HOME")
    environment = {
        "PERMQ_REDIS_URL": "redis://worker@server/0",
        "PERMQ_REDIS_PASSWORD_COMMAND": command,
    }
    first, second = (ServiceSettings.read(environment) for _ in range(2))
    assert first.redis_url == "redis://worker:from%20a%20command%3B%20%24HOME@server/0"
    assert second == first
    assert runs.read_text() == "x"


def test_a_whole_address_may_come_from_a_command_or_the_settings_file(tmp_path):
    command, _ = printing(tmp_path, "postgresql://me:first@server/permq")
    (tmp_path / "url").write_text("redis://:second@server/0\nanother line\n")
    (tmp_path / "node.env").write_text(
        f"PERMQ_POSTGRES_URL_COMMAND={command}\nPERMQ_REDIS_URL_FILE={tmp_path / 'url'}\n"
    )
    read = ServiceSettings.read({"PERMQ_CONFIG": str(tmp_path / "node.env")})
    assert read.postgres_url == "postgresql://me:first@server/permq"
    assert read.redis_url == "redis://:second@server/0"
    assert "first" not in repr(read)
    assert "second" not in repr(read)


def test_what_an_address_holds_goes_before_a_password_beside_it(tmp_path):
    command, runs = printing(tmp_path, "other")
    environment = {
        "PERMQ_POSTGRES_URL": "postgresql://me:own@server/permq",
        "PERMQ_POSTGRES_PASSWORD_COMMAND": command,
    }
    assert ServiceSettings.read(environment).postgres_url == environment["PERMQ_POSTGRES_URL"]
    assert not runs.exists()


def test_the_folder_is_known_without_asking_for_passwords(tmp_path):
    command, runs = printing(tmp_path, "word")
    environment = {
        "PERMQ_DATA": str(tmp_path),
        "PERMQ_REDIS_URL": "redis://server/0",
        "PERMQ_REDIS_PASSWORD_COMMAND": command,
    }
    assert data_folder(environment) == tmp_path
    assert not runs.exists()


def test_passwords_of_pages_and_roles_come_the_same_ways(tmp_path):
    (tmp_path / "word").write_text("first\n")
    assert WatchSettings.read({"PERMQ_METRICS_PASSWORD_FILE": str(tmp_path / "word")}) == (
        WatchSettings("first")
    )
    environment = {
        "PERMQ_POSTGRES_WORKER_PASSWORD_FILE": str(tmp_path / "word"),
        "PERMQ_POSTGRES_READER_PASSWORD": "second",
        "PERMQ_REDIS_FLOWER_PASSWORD": "third",
    }
    assert Passwords.of_postgres(environment).chosen == {"worker": "first", "reader": "second"}
    assert Passwords.of_redis(environment).chosen == {"flower": "third"}
    assert "first" not in repr(Passwords.of_postgres(environment))


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("FILE", "/nowhere/at/all", "No such file"),
        ("FILE", "/dev/null", "gives nothing"),
        ("COMMAND", "/nowhere/at/all", "cannot be run"),
        ("COMMAND", "false", "ends with status 1"),
        ("COMMAND", "true", "gives nothing"),
        ("COMMAND", "echo 'secret", "is no command"),
    ],
)
def test_what_gives_no_password_is_named(variable, value, problem):
    name = f"PERMQ_REDIS_PASSWORD_{variable}"
    with pytest.raises(OptionError, match=f"{name}.*{problem}") as told:
        ServiceSettings.read({"PERMQ_REDIS_URL": "redis://server", name: value})
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:sec@ret@server/permq",
        "postgresql://me:sec/ret@server/permq",
        "postgresql://me:sec?ret@server/permq",
        "postgresql://me:sec#ret@server/permq",
        "postgresql://me:sec:ret@server/permq",
        "postgresql://me:secret",
        "redis://:secret",
        "redis://[secret@server",
        "secret",
    ],
)
def test_an_address_whose_password_is_not_encoded_is_refused_without_telling_it(url):
    with pytest.raises(OptionError, match="PERMQ_X_URL") as told:
        checked("PERMQ_X_URL", url, "PERMQ_X_PASSWORD")
    assert not [part for part in ("sec", "ret") if part in str(told.value)]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:word@one:5432,two:5433/permq",
        "postgresql:///permq?host=/run/postgresql",
        "postgresql://me@[::1]:5432/permq",
        "host=server dbname=permq",
        "rediss://worker:a%40b@server:6380/1?ssl_cert_reqs=required",
    ],
)
def test_addresses_that_libraries_understand_stay_as_they_are(url):
    assert checked("PERMQ_X_URL", url, "PERMQ_X_PASSWORD") == url


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1))
def test_any_password_comes_out_as_it_went_in(word):
    import psycopg2.extensions
    from redis.connection import parse_url

    for url in ("postgresql://me@server/permq", "host=server user=me"):
        told = psycopg2.extensions.parse_dsn(with_password(url, word))
        assert (told["password"], told["host"], told["user"]) == (word, "server", "me")
    assert parse_url(with_password("redis://worker@server:1/0", word))["password"] == word


def test_a_password_that_stands_in_the_words_stays():
    assert with_password("host=server password=own", "other") == "host=server password=own"
    assert with_password("postgresql://h/d?password=own", "o") == "postgresql://h/d?password=own"
