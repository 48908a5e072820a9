import base64
import json
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

from permq.services import flower
from permq.services.ports import free_port
from permq.services.processes import identity


def ask(url, path, user=None, password=None):
    """Status and body of a page."""
    request = urllib.request.Request(url + path)
    if user is not None:
        words = base64.b64encode(f"{user}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {words}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""


def test_flower_runs_with_a_login_that_stands_in_no_command_line(machine):
    up = machine.up("--nodes", 0, "--no-metrics", "--no-dashboard", "--flower-port", free_port())
    assert up.ready, up.text
    watch = json.loads((machine.data / "addresses.json").read_text())["flower"]
    assert watch["password"] in up.text
    assert ask(watch["url"], "/api/workers")[0] == 401
    assert ask(watch["url"], "/api/workers", "permq", "wrong")[0] == 401
    assert ask(watch["url"], "/workers")[0] == 401
    status, body = ask(watch["url"], "/api/workers", watch["user"], watch["password"])
    assert (status, json.loads(body)) == (200, {})
    status, body = ask(watch["url"], "/workers", watch["user"], watch["password"])
    assert (status, b"<html" in body) == (200, True)
    (health,) = [one for one in machine.status()["services"] if one["name"] == "flower"]
    assert (health["health"], health["address"]) == ("ok", watch["url"])
    seen = [*up.commands(), (machine.data / "logs/flower.log").read_text()]
    kept = [file.read_text().strip() for file in machine.data.glob("*/*password")]
    assert len(kept) == 7
    assert not [text for text in seen for word in (watch["password"], *kept) if word in text]
    assert up.end() == 0
    assert "killed" not in up.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_flower_alone_has_a_login_and_ends_when_it_is_asked(
    machine, redis_url, postgres_url, number
):
    machine.variables |= {"PERMQ_POSTGRES_URL": postgres_url, "PERMQ_REDIS_URL": redis_url}
    words = machine.words("flower", "--port", free_port())
    with subprocess.Popen(
        words, env=machine.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            _, url, _, user, _, password = process.stdout.readline().replace(",", "").split()
            said = []
            for line in process.stdout:
                said.append(line)
                if "Connected to" in line:
                    break
            assert process.poll() is None, "".join(said)
            assert ask(url, "/api/workers")[0] == 401
            assert ask(url, "/api/workers", user, password)[0] == 200
            process.send_signal(number)
            assert process.wait() == 0
        finally:
            process.kill()
    assert identity(process.pid) is None


def test_a_password_of_ones_own_is_asked_for_and_not_printed(machine, redis_url, postgres_url):
    machine.variables |= {"PERMQ_POSTGRES_URL": postgres_url, "PERMQ_REDIS_URL": redis_url}
    machine.variables["PERMQ_FLOWER_PASSWORD"] = "a-word-of-mine"
    up = machine.up("--nodes", 0, "--no-metrics", "--no-dashboard", "--flower-port", free_port())
    assert up.ready, up.text
    assert "a-word-of-mine" not in up.text
    (health,) = [one for one in machine.status()["services"] if one["name"] == "flower"]
    assert ask(health["address"], "/api/workers", "permq", "a-word-of-mine")[0] == 200


def test_a_flower_of_somebody_else_at_its_port_is_not_taken_for_it(
    machine, redis_url, postgres_url
):
    machine.variables |= {"PERMQ_POSTGRES_URL": postgres_url, "PERMQ_REDIS_URL": redis_url}
    up = machine.up("--nodes", 0, "--no-metrics", "--no-dashboard", "--flower-port", free_port())
    url = json.loads((machine.data / "addresses.json").read_text())["flower"]["url"]
    assert flower.is_ready(url, up.text.partition("password ")[2].split()[0])
    assert not flower.is_ready(url, "another password")


def test_the_exporter_stands_beside_it(machine, redis_url, postgres_url):
    machine.variables |= {"PERMQ_POSTGRES_URL": postgres_url, "PERMQ_REDIS_URL": redis_url}
    up = machine.up("--nodes", 0, "--no-flower", "--no-dashboard", "--metrics-port", free_port())
    assert up.ready, up.text
    (health,) = [one for one in machine.status()["services"] if one["name"] == "metrics"]
    assert health["address"] in up.text
    status, page = ask(health["address"], "")
    assert (status, b"permq_up 1" in page) == (200, True)


def test_flower_alone_says_what_it_needs(machine):
    done = machine.permq("flower")
    assert done.returncode == 1
    assert "permq up" in done.stderr
    assert "PERMQ_REDIS_URL" in done.stderr
