"""The dashboard as a member of `permq up`."""

import json
import urllib.request

from permq.services.ports import free_port

ALONE = ("--nodes", 0, "--no-flower", "--no-metrics")


def read(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.status, answer.read()


def test_the_dashboard_stands_beside_the_servers(machine, redis_url, postgres_url):
    machine.variables |= {"PERMQ_POSTGRES_URL": postgres_url, "PERMQ_REDIS_URL": redis_url}
    up = machine.up(*ALONE, "--dashboard-port", free_port())
    assert up.ready, up.text
    (health,) = [one for one in machine.status()["services"] if one["name"] == "dashboard"]
    assert (health["health"], health["version"] is not None) == ("ok", True)
    url = health["address"]
    assert url in up.text
    assert url == json.loads((machine.data / "addresses.json").read_text())["dashboard"]
    status, page = read(url)
    assert (status, b"<title>permq</title>" in page) == (200, True)
    status, told = read(f"{url}/api/overview")
    assert (status, json.loads(told)["nodes"]) == (200, [])
    log = (machine.data / "logs/dashboard.log").read_text()
    assert not [text for text in (*up.commands(), log) if postgres_url in text]


def test_a_fleet_without_the_dashboard_does_not_miss_it(machine, redis_url, postgres_url):
    machine.variables |= {"PERMQ_POSTGRES_URL": postgres_url, "PERMQ_REDIS_URL": redis_url}
    up = machine.up(*ALONE, "--no-dashboard")
    assert up.ready, up.text
    assert "dashboard" not in {one["name"] for one in machine.status()["services"]}


def test_alone_it_says_what_it_needs(machine):
    done = machine.permq("dashboard")
    assert done.returncode == 1
    assert "permq up" in done.stderr
    assert "PERMQ_POSTGRES_URL" in done.stderr
