"""What Flower lets strangers do: nothing, and files are not its business."""

import time

import pytest

from permq.services import flower
from permq.services.ports import LOOPBACK
from tests.flower_pages import FlowerPage


@pytest.fixture
def page(redis_url, postgres_url, tmp_path):
    made = FlowerPage({"PERMQ_REDIS_URL": redis_url, "PERMQ_POSTGRES_URL": postgres_url}, tmp_path)
    yield made
    made.end()


WRITING = [
    *("/api/worker/shutdown/one@here", "/api/worker/pool/grow/one@here"),
    *("/api/worker/pool/restart/one@here", "/api/worker/queue/add-consumer/one@here?queue=q"),
    *("/api/task/apply/permq.noop", "/api/task/async-apply/permq.noop"),
    *("/api/task/send-task/permq.noop", "/api/task/abort/1", "/api/task/revoke/1?terminate=1"),
    *("/api/task/rate-limit/permq.noop", "/api/task/timeout/permq.noop"),
]
OUTSIDE = [
    *("/static/../../../../etc/passwd", "/static/%2e%2e/%2e%2e/app.py", "/static/..%2f..%2fapp.py"),
    *("/static//etc/passwd", "//etc/passwd", "/static/css/../../options.py"),
]


def test_flower_listens_to_this_machine_and_asks_for_a_password(page):
    assert f"--address={LOOPBACK}" in flower.command(LOOPBACK, page.port)
    while not page.is_ready():
        assert page.runs
        time.sleep(0.05)
    for path in ("/", "/workers", "/api/workers", "/api/tasks", "/broker"):
        assert page.ask(path, login=None)[0] == 401, path
    # this one would answer anybody, so it is not there: permq has an exporter of its own
    assert page.ask("/metrics", login=None)[0] == 404
    assert page.ask("/healthcheck", login=None) == (200, b"OK")
    for path in WRITING:
        assert page.ask(path, "POST", login=None)[0] == 401, path
        assert page.ask(path, "POST", login="Basic cGVybXE6d3Jvbmc=")[0] == 401, path
    for path in OUTSIDE:
        for login in ({}, {"login": None}):
            status, body = page.ask(path, **login)
            assert status in {400, 401, 403, 404}, path
            assert b"root:" not in body
            assert b"import" not in body
