"""How messages cross Redis: the options that senders and workers must share.

Redis is a doorbell here. Postgres knows who works on what, so a message may be lost (the node is
told again) or come twice (the second finds nothing to claim).
"""

from typing import Any

YEAR = 365 * 86_400

SERIALIZER = "json"


def transport_options(node: str | None = None) -> dict[str, Any]:
    """Options of kombu's Redis transport.

    Parameters
    ----------
    node
        The node whose worker this is; None for a sender.
    """
    options: dict[str, Any] = {
        # A message that a killed worker had fetched is void anyway: its job was given a new token.
        # Within the year kombu would never deliver it a second time by itself.
        "visibility_timeout": YEAR,
        # The job's priorities 0 to 9 each as a list of their own: exact order.
        "priority_steps": list(range(10)),
        "queue_order_strategy": "priority",
        "health_check_interval": 25,
        "socket_keepalive": True,
        "socket_connect_timeout": 10,
        "socket_timeout": 60,
        # No retry_on_timeout: with it redis-py mends a broken subscription by itself, and then
        # waits on the new one for ever, where Celery's loop had only asked for what is there.
        "client_name": f"permq-{node or 'sender'}",
    }
    if node is not None:
        # What one node fetched is nobody else's to restore.
        options |= {
            "unacked_key": f"unacked.{node}",
            "unacked_index_key": f"unacked_index.{node}",
            "unacked_mutex_key": f"unacked_mutex.{node}",
        }
    return options
