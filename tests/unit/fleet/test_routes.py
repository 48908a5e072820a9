"""Queues and routes."""

import pytest
from kombu import Queue

from permq.errors import OptionError
from permq.fleet.names import task_of
from permq.fleet.routes import queues, routes

KINDS = ["noop", "anneal", "surgery"]


def test_the_declared_queues_are_the_routed_ones():
    declared = {queue["name"] for queue in queues(["bmasass"])}
    assert declared == {route["queue"] for route in routes(KINDS, "bmasass").values()}


def test_every_task_has_a_route():
    assert set(routes(KINDS, "bmasass")) == {task_of(kind) for kind in KINDS}


def test_every_node_has_one_queue_however_often_it_is_named():
    assert [queue["name"] for queue in queues(["b", "a", "B"])] == ["node.a", "node.b"]


def test_a_queues_settings_are_kombus():
    queue = Queue(**queues(["a"])[0])
    assert (queue.name, queue.routing_key) == ("node.a", "node.a")


def test_no_queue_for_what_is_no_node():
    with pytest.raises(OptionError):
        queues(["a b"])
    with pytest.raises(OptionError):
        routes(KINDS, "a b")
