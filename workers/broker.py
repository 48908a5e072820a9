"""kombu's Redis, which gives nothing on to Celery that is no message at all.

What lies in a node's queue, or is told to all workers, and is no envelope would end the worker.
It is refused where it is taken from Redis.
"""

from typing import Any

import redis
from kombu.transport.redis import Channel, Transport
from kombu.utils.encoding import bytes_to_str

from permq.fleet import envelopes
from permq.fleet.messages import MessageError
from workers import dead_letters


class NodeClient(redis.Redis):
    """A client whose answers hold envelopes only."""

    def parse_response(self, connection: Any, command_name: Any, **options: Any) -> Any:
        """Read an answer; where it holds no message, it is as if nothing had come."""
        answer = super().parse_response(  # type: ignore[no-untyped-call]
            connection, command_name, **options
        )
        if command_name != "BRPOP" or not answer:
            return answer
        _, item = answer
        try:
            envelopes.check(item)
        except MessageError as error:
            dead_letters.refuse(str(error), item)
            return None
        return answer


class NodeChannel(Channel):
    """kombu's channel with that client."""

    def _get_client(self) -> type[NodeClient]:
        # it complains about a library that is too old
        super()._get_client()  # type: ignore[no-untyped-call]
        return NodeClient

    def _handle_message(self, client: Any, response: Any) -> Any:
        """Read what was told to all; where it holds no message, it is as if it were empty."""
        told = super()._handle_message(client, response)  # type: ignore[no-untyped-call]
        kind = bytes_to_str(told["type"])  # type: ignore[no-untyped-call]
        if kind.endswith("message") and told["data"]:
            try:
                envelopes.check(told["data"])
            except MessageError as error:
                dead_letters.refuse(str(error), told["data"])
                told["data"] = b""
        return told


class NodeTransport(Transport):
    """kombu's transport with that channel."""

    Channel = NodeChannel
