"""Queues of nodes are declared by their names, any other unknown queue is an error."""

from typing import Any

from celery.app.amqp import AMQP, Queues

from permq.errors import OptionError
from permq.fleet.names import node_of


class NodeQueues(Queues):  # type: ignore[misc]
    """Celery's queues, which know every node's by its name."""

    def __missing__(self, name: str) -> Any:
        """Declare a node's queue.

        Raises
        ------
        KeyError
            When the name is no node's queue.
        """
        try:
            node_of(name)
        except OptionError as error:
            raise KeyError(name) from error
        return self.add(self.new_missing(name))


class NodeAMQP(AMQP):  # type: ignore[misc]
    """Celery's messaging with `NodeQueues`."""

    queues_cls = NodeQueues
