"""Names of nodes, queues and tasks.

Every node has one queue, ``node.<name>``, and every kind of job one task, ``permq.<kind>``.
"""

import re

from permq.errors import OptionError

QUEUE_PREFIX = "node."
TASK_PREFIX = "permq."
LONGEST = 63

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def node_name(text: str) -> str:
    """Name of a node as it stands in rows, queues and Flower.

    Parameters
    ----------
    text
        What the user gave; upper case and blanks around it are taken for slips.

    Raises
    ------
    OptionError
        When it has other characters than letters, digits, ``_`` and ``-``, begins with one of the
        two last, or has more than 63.
    """
    name = text.strip().lower()
    if _NAME.fullmatch(name) is None:
        raise OptionError(
            f"{text!r} is no name of a node: up to {LONGEST} letters a-z, digits, '_' and '-', "
            "a letter or digit first"
        )
    return name


def node_of_host(host: str) -> str:
    """Name for the node on a host that was not given one.

    Parameters
    ----------
    host
        The host's name, with or without its domain. What a node's name cannot hold becomes ``-``.

    Returns
    -------
    str
        ``node`` where nothing is left.
    """
    first = host.strip().lower().partition(".")[0]
    return re.sub(r"[^a-z0-9_]+", "-", first).strip("-_")[:LONGEST] or "node"


def node_of_worker(worker: str) -> str:
    """Node of a Celery worker.

    Parameters
    ----------
    worker
        Celery's name of it, ``<node>@<host>``.

    Raises
    ------
    OptionError
        When what stands before the ``@`` is no name of a node.
    """
    return node_name(worker.partition("@")[0])


def queue_of(node: str) -> str:
    """Queue of a node.

    Raises
    ------
    OptionError
        When `node` is no name of a node.
    """
    return QUEUE_PREFIX + node_name(node)


def node_of(queue: str) -> str:
    """Node of a queue.

    Raises
    ------
    OptionError
        When `queue` is no node's queue.
    """
    name = queue.removeprefix(QUEUE_PREFIX)
    if name == queue:
        raise OptionError(f"{queue!r} is no node's queue: those begin with {QUEUE_PREFIX!r}")
    return node_name(name)


def task_of(kind: str) -> str:
    """Task that works on jobs of a kind."""
    return TASK_PREFIX + kind
