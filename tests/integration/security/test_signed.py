"""Signed messages: a worker takes none but those of senders it knows, and jobs end all the same."""

import shutil
import sys

import pytest
from kombu.entity import Queue

from permq.fleet.names import queue_of
from permq.fleet.producer import sender
from tests.certificates import Pair
from tests.flower_pages import FlowerPage
from tests.nodes import step

VOID = [{"job": 77, "token": 1, "version": 1}]


@pytest.fixture
def become(monkeypatch):
    """Send with this key from now on; with none by default."""

    def choose(variables=None):
        for name in ("KEY", "CERTIFICATE", "STORE"):
            monkeypatch.delenv(f"PERMQ_SIGN_{name}", raising=False)
        for variable, value in (variables or {}).items():
            monkeypatch.setenv(variable, value)

    return choose


def signing_of(pair: Pair, store) -> dict[str, str]:
    files = {"KEY": pair.key, "CERTIFICATE": pair.certificate, "STORE": store}
    return {f"PERMQ_SIGN_{name}": str(path) for name, path in files.items()}


def put_into(store, pair: Pair) -> Pair:
    store.mkdir(exist_ok=True)
    shutil.copy(pair.certificate, store)
    return pair


def send_void(fleet):
    """A message in the right form; that no job stands behind it shows only when it is read."""
    queue = Queue(queue_of("one"), routing_key=queue_of("one"))
    app = sender(fleet.redis_url)
    app.send_task("permq.noop", args=VOID, queue=queue, ignore_result=True)
    return app


def letters(fleet):
    return [reason for (reason,) in fleet.rows("SELECT reason FROM dead_letters ORDER BY id")]


def test_unsigned_and_foreign_messages_are_kept_and_jobs_end_all_the_same(
    fleet, become, authority, stranger, tmp_path
):
    store, other_store = tmp_path / "store", tmp_path / "other store"
    mine = signing_of(put_into(store, authority.issue("node")), store)
    friend = signing_of(put_into(store, authority.issue("friend")), store)
    # the same authority is not enough: a node believes those whose certificates it has
    foreign = signing_of(put_into(other_store, authority.issue("foreign")), other_store)
    # the variables alone make a plain worker of Celery's sign and check
    words = [sys.executable, "-P", "-m", "celery", "-A", "workers", "worker", "-n", "one@%h"]
    fleet.node("one").start(words=[*words, "-c", "1"], **mine)
    fleet.await_node("one")
    jobs = []
    for variables in ({}, foreign):
        become(variables)
        send_void(fleet)
        jobs += fleet.submit(step("noop")).jobs
    become()
    sender(fleet.redis_url).control.shutdown()  # remote control is closed to them too
    fleet.until(lambda: len(letters(fleet)) == 5, "all five are kept")
    assert all(
        reason.startswith("is not signed by one that this node trusts: ")
        for reason in letters(fleet)
    )
    # the jobs stand in Postgres: the node tells itself of them, in its own name
    assert set(fleet.until_ended(jobs).values()) == {"done"}

    become(friend)
    page = FlowerPage(fleet.environment(), tmp_path)
    try:
        known = fleet.submit(step("noop", 2))
        assert set(fleet.until_ended(known.jobs).values()) == {"done"}
        assert len(letters(fleet)) == 5
        # a message that is read is one of a known sender
        send_void(fleet)
        fleet.until(lambda: len(letters(fleet)) == 6, "the last is kept as well")
        assert letters(fleet)[-1] == "there is no job 77"
        fleet.until(page.is_ready, "Flower answers")
        fleet.until(lambda: "one@" in str(page.json("/api/workers?refresh=1")), "Flower asks")
        status, _ = page.ask("/api/worker/shutdown/nobody@nowhere", "POST")
        assert status == 404
    finally:
        page.end()
    assert fleet.nodes[0].terminate() == 0


def test_a_worker_with_half_of_what_it_needs_to_sign_says_so(fleet, tmp_path):
    node = fleet.node()
    node.start(PERMQ_SIGN_STORE=str(tmp_path))
    assert node.process.wait(60) == 2
    (line,) = node.told().splitlines()
    assert line.startswith("permq: error: PERMQ_SIGN_KEY is not set: messages are signed with all")
