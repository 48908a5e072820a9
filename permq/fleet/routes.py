"""Which queues there are and which task goes where, as plain data for Celery's settings.

The dispatcher chooses the node of every message and its sender names that node's queue. What is
sent without that choice, by hand or by Celery itself, stays on the node whose settings these are.
"""

from collections.abc import Iterable
from typing import TypedDict

from permq.fleet.names import queue_of, task_of


class QueueSettings(TypedDict):
    """Arguments of one `kombu.Queue`."""

    name: str
    routing_key: str


class Route(TypedDict):
    """Where messages of one task go."""

    queue: str
    routing_key: str


def queues(nodes: Iterable[str]) -> list[QueueSettings]:
    """Queues to declare, for Celery's `task_queues`.

    Parameters
    ----------
    nodes
        Names of nodes: the one whose worker this is, or all that are known.

    Returns
    -------
    list of dict
        One for every node, sorted by name.

    Raises
    ------
    OptionError
        When one is no name of a node.
    """
    named = sorted({queue_of(node) for node in nodes})
    return [QueueSettings(name=name, routing_key=name) for name in named]


def routes(kinds: Iterable[str], node: str) -> dict[str, Route]:
    """Route of every task, for Celery's `task_routes`.

    Parameters
    ----------
    kinds
        Kinds of jobs.
    node
        Name of the node whose settings these are.

    Returns
    -------
    dict of str to dict
        By name of the task. A queue that a sender names goes before its route.

    Raises
    ------
    OptionError
        When `node` is no name of a node.
    """
    queue = queue_of(node)
    return {task_of(kind): Route(queue=queue, routing_key=queue) for kind in sorted(kinds)}
