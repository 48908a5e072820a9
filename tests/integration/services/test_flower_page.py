"""Flower, as people and programs see it while jobs run."""

import base64
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from permq.services.ports import free_port
from permq.services.processes import identity
from tests.nodes import Fleet, step

PASSWORD = "a-word-of-the-test"


@pytest.fixture
def flower(fleet: Fleet) -> Iterator[str]:
    """Address of a Flower beside a fleet."""
    port = free_port()
    words = [sys.executable, "-P", "-m", "permq", "flower", "--port", str(port)]
    environment = os.environ | fleet.environment() | {"PERMQ_FLOWER_PASSWORD": PASSWORD}
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert any("Connected to" in line for line in process.stdout)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate()
    assert identity(process.pid) is None


LOGIN = {"Authorization": "Basic " + base64.b64encode(f"permq:{PASSWORD}".encode()).decode()}


def asked(flower: str, path: str):
    """What Flower's API answers."""
    request = urllib.request.Request(f"http://{flower}{path}", headers=LOGIN)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def test_the_api_tells_nodes_and_tasks_in_words(fleet, flower):
    fleet.started("bmasass")
    done = fleet.submit(
        step("anneal", 2, steps=300), puzzle=fleet.add_puzzle(), keep_going=True, node="bmasass"
    )
    fleet.until_ended(done.jobs)
    fleet.until(
        lambda: len(asked(flower, "/api/tasks?state=SUCCESS")) == 2, "Flower has heard of both"
    )
    tasks = asked(flower, "/api/tasks")
    assert {task["name"] for task in tasks.values()} == {"permq.anneal"}
    assert {task["args"] for task in tasks.values()} == {
        f"(small, anneal, job {job}, slice 0)" for job in done.jobs
    }
    assert {task["worker"].partition("@")[0] for task in tasks.values()} == {"bmasass"}
    assert {task["routing_key"] for task in tasks.values()} == {"node.bmasass"}


def test_the_pages_show_them_while_jobs_run(fleet, flower, chromium):
    fleet.started("bmasass")
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.5')")
    endless = {"steps": 2_000_000, "accept": "threshold", "hot": 1e9, "cold": 1e9}
    done = fleet.submit(step("anneal", **endless), puzzle=fleet.add_puzzle(), keep_going=True)
    fleet.until_running(done.jobs[0])
    page = chromium.page()
    page.send("Network.setExtraHTTPHeaders", headers=LOGIN)
    page.open(f"http://{flower}/tasks")
    page.until("document.body.innerText.includes('permq.anneal')", "the task stands there")
    page.until("document.body.innerText.includes('bmasass@')", "its node too")
    fleet.until(lambda: bool(asked(flower, "/api/tasks?state=SUCCESS")), "a slice has ended")
    page.open(f"http://{flower}/tasks")
    page.until("document.body.innerText.includes('SUCCESS')", "the slice stands there as ended")
    page.open(f"http://{flower}/workers")
    page.until("document.body.innerText.includes('bmasass@')", "the node is among the workers")
