"""Names of nodes, queues and tasks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.errors import OptionError
from permq.fleet.names import (
    node_name,
    node_of,
    node_of_host,
    node_of_worker,
    queue_of,
    task_of,
)


@pytest.mark.parametrize(
    ("text", "name"), [("bmasass", "bmasass"), (" Studio-2 ", "studio-2"), ("0_a", "0_a")]
)
def test_a_nodes_name_is_in_lower_case(text, name):
    assert node_name(text) == name


@pytest.mark.parametrize("text", ["", "-a", "_a", "a.b", "a b", "ä", "a@b", "x" * 64, "a\nb"])
def test_what_is_no_name_of_a_node_is_refused(text):
    with pytest.raises(OptionError, match="is no name of a node"):
        node_name(text)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("bmasass.local", "bmasass"),
        ("Anna's MacBook Pro", "anna-s-macbook-pro"),
        ("-.example.org", "node"),
        ("", "node"),
        ("x" * 80, "x" * 63),
    ],
)
def test_a_host_gives_its_node_a_name(host, name):
    assert node_of_host(host) == name


@given(st.text())
def test_whatever_a_host_is_called_its_node_has_a_proper_name(host):
    assert node_name(node_of_host(host)) == node_of_host(host)


def test_a_workers_node_stands_before_the_at_sign():
    assert node_of_worker("bmasass@studio.local") == "bmasass"


@given(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True))
def test_every_node_has_a_queue_of_its_own(node):
    assert queue_of(node) == f"node.{node}"
    assert node_of(queue_of(node)) == node


@pytest.mark.parametrize("queue", ["celery", "node.", "node", "node.a.b", "xnode.a"])
def test_other_queues_are_no_nodes(queue):
    with pytest.raises(OptionError):
        node_of(queue)


def test_every_kind_has_a_task():
    assert task_of("anneal") == "permq.anneal"
