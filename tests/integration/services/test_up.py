import json
import os
import re
import signal
import stat

import psycopg2
import pytest
from redis import Redis

from permq.services.processes import identity

SERVERS = ("--nodes", 0, "--no-flower", "--no-metrics", "--no-dashboard")


def passwords(data):
    """The generated passwords that lie in a data folder."""
    return [file.read_text().strip() for file in sorted(data.glob("*/*password"))]


def record(data):
    return json.loads((data / "addresses.json").read_text())


def execute(url, statement):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_servers_start_tell_where_they_are_and_end(machine):
    up = machine.up(*SERVERS)
    assert up.ready, up.text
    status = machine.status()
    assert status["healthy"]
    assert status["up"] == up.process.pid
    assert [service["health"] for service in status["services"]] == ["ok", "ok"]
    for service in status["services"]:
        assert re.fullmatch(r"(postgresql|redis)://127\.0\.0\.1:\d+/\w+", service["address"])
        assert f"{service['name']:<10}{service['version']:<10}{service['address']}" in up.text
    assert up.end() == 0
    assert up.lines[-1] == "everything has ended"
    assert not machine.status()["healthy"]


def test_an_ordinary_user_needs_no_more(users_machine):
    up = users_machine.up(*SERVERS)
    assert up.ready, up.text
    assert users_machine.status()["healthy"]
    assert users_machine.data.stat().st_uid != 0 or os.geteuid() != 0
    assert up.end() == 0


def test_data_and_addresses_outlast_a_restart(machine):
    up = machine.up(*SERVERS)
    first = record(machine.data)
    execute(first["postgres_url"], "INSERT INTO settings (key, value) VALUES ('kept', 'yes')")
    with Redis.from_url(first["redis_url"]) as client:
        client.lpush("node.kept", "yes")
    up.end()
    assert machine.up(*SERVERS).ready
    assert record(machine.data) == first
    assert execute(first["postgres_url"], "SELECT value FROM settings") == [("yes",)]
    with Redis.from_url(first["redis_url"]) as client:
        assert client.rpop("node.kept") == b"yes"


def test_nothing_is_left_after_kill_9_and_the_next_one_works(machine):
    up = machine.up(*SERVERS)
    assert len(up.tree()) >= 3
    up.kill()
    assert not machine.status()["healthy"]
    assert machine.permq("down").returncode == 0
    again = machine.up(*SERVERS)
    assert again.ready, again.text


def test_everything_killed_at_once_does_not_keep_the_next_one_from_starting(machine):
    up = machine.up(*SERVERS)
    up.kill_all()
    again = machine.up(*SERVERS)
    assert again.ready, again.text


def test_a_second_one_on_the_same_data_is_told_of_the_first(machine):
    up = machine.up(*SERVERS)
    second = machine.permq("up", *SERVERS)
    assert second.returncode == 1
    assert f"(process {up.process.pid})" in second.stderr
    assert "permq down" in second.stderr
    assert machine.status()["healthy"]


def test_down_ends_it_and_says_so(machine):
    up = machine.up(*SERVERS)
    left = up.tree()
    done = machine.permq("down", "--json")
    assert (done.returncode, json.loads(done.stdout)["ended"]) == (0, up.process.pid)
    assert up.process.wait() == 0
    assert not any(identity(pid) for pid in left)
    done = machine.permq("down")
    assert (done.returncode, done.stdout) == (0, f"nothing runs on {machine.data}\n")


def test_a_server_that_dies_is_started_again_at_its_address(machine):
    up = machine.up(*SERVERS)
    url = record(machine.data)["redis_url"]
    (server,) = [
        pid for pid, words in zip(up.tree(), up.commands(), strict=True) if "valkey-server" in words
    ]
    os.kill(server, signal.SIGKILL)
    for line in up.process.stdout:
        if line == "redis runs again\n":
            break
    with Redis.from_url(url) as client:
        assert client.ping()


def test_passwords_stand_in_no_command_line_and_in_no_log(machine):
    up = machine.up(*SERVERS)
    secrets = passwords(machine.data)
    assert len(set(secrets)) == 7
    url = record(machine.data)["postgres_url"]
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(re.sub(r":[^:@]+@", ":wrong@", url))
    seen = [*up.commands(), up.text, machine.permq("status").stdout]
    seen += [log.read_text() for log in (machine.data / "logs").iterdir()]
    assert len(seen) >= 7
    assert not [text for text in seen for secret in secrets if secret in text]
    files = [machine.data / name for name in ("addresses.json", "members.json")]
    files += machine.data.glob("*/*password")
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(machine.data.stat().st_mode) == 0o700


def test_data_of_another_version_of_postgres_is_refused(machine):
    machine.up(*SERVERS).end()
    (machine.data / "postgres/data/PG_VERSION").write_text("12\n")
    up = machine.up(*SERVERS)
    assert up.process.returncode == 1
    assert "made by Postgres 12" in up.text
    assert not up.ready


def test_a_port_that_is_taken_is_refused(machine, redis_url):
    port = int(redis_url.rpartition(":")[2].partition("/")[0])
    up = machine.up(*SERVERS, "--redis-port", port)
    assert (up.process.returncode, up.ready) == (2, False)
    assert f"port {port} of 127.0.0.1 is taken" in up.text


def test_servers_that_the_environment_names_are_used_and_left_running(
    machine, empty_postgres_url, redis_url
):
    machine.variables |= {"PERMQ_POSTGRES_URL": empty_postgres_url, "PERMQ_REDIS_URL": redis_url}
    up = machine.up(*SERVERS)
    assert up.ready, up.text
    assert not [words for words in up.commands() if "postgres" in words or "valkey" in words]
    assert machine.status()["healthy"]
    assert up.end() == 0
    assert execute(empty_postgres_url, "SELECT count(*) FROM jobs") == [(0,)]
    with Redis.from_url(redis_url) as client:
        assert client.ping()


def test_a_redis_that_does_not_answer_is_told_without_its_password(machine):
    machine.variables["PERMQ_REDIS_URL"] = "redis://:secret-word@127.0.0.1:1/0"
    up = machine.up(*SERVERS)
    assert up.process.returncode == 1
    assert "PERMQ_REDIS_URL" in up.text
    assert "secret-word" not in up.text


def test_a_postgres_that_does_not_answer_is_told_without_its_password(machine):
    machine.variables["PERMQ_POSTGRES_URL"] = "postgresql://me:secret-word@127.0.0.1:1/permq"
    up = machine.up(*SERVERS)
    assert up.process.returncode == 1
    assert "Postgres cannot be reached" in up.text
    assert "secret-word" not in up.text
    status = machine.status()
    assert not status["healthy"]
    assert status["services"][0]["health"] == "unreachable"
    assert "secret-word" not in json.dumps(status)


def test_settings_that_postgres_refuses_are_told(machine):
    machine.up(*SERVERS).end()
    with (machine.data / "postgres/data/postgresql.conf").open("a") as settings:
        settings.write("superuser_reserved_connections = 9999\n")
    up = machine.up(*SERVERS)
    assert up.process.returncode == 1
    assert "superuser_reserved_connections" in up.text
