"""`permq up` with nodes: they register, work, come back and leave."""

import json
import os
import signal

import pytest

from permq.services.processes import identity

NODES = ("--nodes", 2, "--workers", 1, "--no-flower", "--no-metrics", "--no-dashboard")


def worker_of(machine, name):
    """Process of a node's worker, as the supervisor started it."""
    members = json.loads((machine.data / "members.json").read_text())["members"]
    (pid,) = [member["pid"] for member in members if member["name"] == name]
    return pid


@pytest.mark.slow
def test_nodes_register_work_and_leave(machine):
    up = machine.up(*NODES)
    assert up.ready, up.text
    nodes = machine.status()["nodes"]
    assert [(node["name"], node["state"], node["slots"]) for node in nodes] == [
        ("node1", "live", 1),
        ("node2", "live", 1),
    ]
    done = machine.permq("submit", "noop", "--count", 4, "--wait", "--json")
    assert done.returncode == 0, done.stderr
    assert machine.status()["jobs"] == {"done": 4}
    left = up.tree()
    assert up.end() == 0
    assert not any(identity(pid) for pid in left)
    assert "killed" not in up.text


@pytest.mark.slow
def test_after_kill_9_no_worker_is_left_and_its_name_is_free_again(machine):
    up = machine.up(*NODES)
    assert up.ready, up.text
    up.kill()
    again = machine.up(*NODES)
    assert again.ready, again.text
    assert {node["state"] for node in machine.status()["nodes"]} == {"live"}


@pytest.mark.slow
def test_a_killed_worker_is_started_again(machine):
    up = machine.up(*NODES)
    assert up.ready, up.text
    os.kill(worker_of(machine, "node1"), signal.SIGKILL)
    said = []
    for line in up.process.stdout:
        said.append(line)
        if line == "node1 runs again\n":
            break
    assert "node1 has ended with status -9" in "".join(said)
    done = machine.permq("submit", "noop", "--node", "node1", "--wait", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(machine.permq("down", "--json").stdout)["ended"] == up.process.pid
