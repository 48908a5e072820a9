"""Rings at nodes: sends messages about jobs that are assigned to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from permq.config import SigningSettings
from permq.encryption import redis_address, redis_refusal
from permq.errors import BrokerError
from permq.fleet.messages import Message
from permq.fleet.names import queue_of, task_of
from permq.fleet.signing import serializer
from permq.fleet.transport import transport_options

if TYPE_CHECKING:
    from celery import Celery


@dataclass(frozen=True)
class Letter:
    """A message and what is written on its envelope, which people read in Flower.

    Parameters
    ----------
    node
        Whose queue.
    kind
        Of the job.
    message
        What the worker gets: ids only.
    priority
        0 (first) to 9.
    puzzle
        The puzzle's name.
    slice
        Which slice of the job is due, from 0.
    """

    node: str
    kind: str
    message: Message
    priority: int
    puzzle: str | None
    slice: int

    @property
    def task_id(self) -> str:
        """Celery's id of the message: the job and which assignment of it."""
        return f"job-{self.message.job}-{self.message.token}"

    @property
    def told(self) -> str:
        """Arguments as Flower shows them."""
        return f"({self.puzzle or '-'}, {self.kind}, job {self.message.job}, slice {self.slice})"


def sender(broker_url: str) -> "Celery":
    """Celery application that only sends, for processes that are no workers.

    Raises
    ------
    OptionError
        When the address, or what messages are to be signed with, is of no use.
    """
    return _sender(broker_url, SigningSettings.read())


@cache
def _sender(broker_url: str, signing: SigningSettings | None) -> "Celery":
    from celery import Celery

    form = serializer(signing)
    address = redis_address(broker_url)
    app = Celery("permq", broker=address.spelled_out, set_as_current=False)
    app.conf.update(
        broker_use_ssl=address.tls,
        broker_transport_options=transport_options(),
        broker_connection_timeout=5,
        broker_pool_limit=2,
        task_serializer=form,
        accept_content=[form],
        task_ignore_result=True,
        task_create_missing_queues=False,
        task_send_sent_event=True,
    )
    return app


def send(app: "Celery", letters: Iterable[Letter]) -> int:
    """Send messages.

    Parameters
    ----------
    app
        A worker's own application, or `sender`.
    letters
        What to send. A letter that is lost costs seconds: the node hears of its job again.

    Returns
    -------
    int
        How many were sent.

    Raises
    ------
    BrokerError
        When Redis cannot be reached.
    """
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    waiting = list(letters)
    if not waiting:
        return 0
    try:
        with app.producer_pool.acquire(block=True, timeout=10) as producer:
            for letter in waiting:
                args: Any = letter.message.to_args()
                app.send_task(
                    task_of(letter.kind),
                    args=args,
                    task_id=letter.task_id,
                    queue=_queue(letter.node),
                    priority=letter.priority,
                    argsrepr=letter.told,
                    kwargsrepr="{}",
                    producer=producer,
                    ignore_result=True,
                    retry=False,
                )
    except (OperationalError, RedisError, OSError) as error:
        if advice := redis_refusal(app.conf.broker_url, str(error)):
            raise BrokerError(f"Redis is not connected to: {advice}; the jobs are kept") from error
        raise BrokerError(
            f"Redis cannot be reached ({type(error).__name__}); the jobs are kept in Postgres and "
            "are sent once it answers"
        ) from error
    return len(waiting)


@cache
def _queue(node: str) -> Any:
    from kombu.entity import Queue

    name = queue_of(node)
    return Queue(name, routing_key=name)  # type: ignore[no-untyped-call]
