"""Many nodes in two processes: the workers' own threads in one, one pair of hands in another.

The threads register, beat, tick and care for the fleet as they do in a worker. The hands take the
nodes' letters from Redis, claim, renew every two seconds, and finish; nothing is computed. They are
a process of their own, as a worker's children are: they must not wait for fifty threads.
"""

import argparse
import heapq
import itertools
import logging
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from kombu import Connection as Broker
from kombu import Consumer, Queue

from permq.errors import LeaseLostError, PermqError
from permq.fleet.messages import parse
from permq.fleet.names import node_of, queue_of
from permq.fleet.producer import send, sender
from permq.fleet.transport import transport_options
from permq.pool.claims import Claim
from permq.pool.connection import connect, transaction
from permq.pool.times import RENEWAL
from tests.load.hands import claim, finish, made_up, registration, renew
from workers.duties import Duties
from workers.node import Node

logger = logging.getLogger(__name__)

SLICES = 3
"""So many slices end a job, or one of brief work."""


class Hands:
    """Works for some nodes, all on one connection.

    Parameters
    ----------
    postgres_url, redis_url
        The servers.
    nodes
        Names.
    seconds
        Of a slice, about.
    """

    def __init__(self, postgres_url: str, redis_url: str, nodes: list[str], seconds: float) -> None:
        self._connection = connect(postgres_url, name="permq simulated")
        self._app = sender(redis_url)
        self._redis_url = redis_url
        self._nodes = nodes
        self._seconds = seconds
        self._rng = Random(os.getpid())
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._ties = itertools.count()
        with transaction(self._connection) as cursor:
            cursor.execute("SELECT pieces FROM puzzles ORDER BY id DESC LIMIT 1")
            ((self._pieces,),) = cursor.fetchall()

    def work(self, parent: int) -> None:
        """Take letters until the parent process has ended."""
        options = transport_options(f"simulated-{os.getpid()}")
        queues = [Queue(queue_of(name), routing_key=queue_of(name)) for name in self._nodes]
        with (
            Broker(self._redis_url, transport_options=options) as broker,
            Consumer(broker, queues, callbacks=[self._receive], accept=["json"], no_ack=True),
        ):
            while os.getppid() == parent:
                with suppress(socket.timeout, TimeoutError):
                    broker.drain_events(timeout=self._until_next())
                while self._due and self._due[0][0] <= time.monotonic():
                    _, _, action = heapq.heappop(self._due)
                    try:
                        action()
                    except PermqError as error:
                        logger.warning("%s", error)

    def _until_next(self) -> float:
        if not self._due:
            return 0.5
        return min(max(self._due[0][0] - time.monotonic(), 0.001), 0.5)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._ties), action))

    def _receive(self, body: Any, message: Any) -> None:
        args, kwargs, _ = body
        node = node_of(message.delivery_info["routing_key"])
        try:
            mine = claim(self._connection, node, parse(args, kwargs))
        except PermqError as error:
            logger.warning("%s", error)
            return
        if mine is not None:
            end = time.monotonic() + self._seconds * self._rng.uniform(0.5, 1.5)
            self._later(RENEWAL, lambda: self._go_on(node, mine, end))

    def _go_on(self, node: str, mine: Claim, end: float) -> None:
        if time.monotonic() < end:
            with suppress(LeaseLostError):
                renew(self._connection, mine, mine.steps_done + self._rng.randrange(20_000))
                self._later(RENEWAL, lambda: self._go_on(node, mine, end))
            return
        found = made_up(self._rng, self._pieces)
        over = mine.slice + 1 >= SLICES or mine.kind != "anneal"
        with suppress(LeaseLostError):
            send(self._app, finish(self._connection, node, mine, found, over=over))


def main() -> None:
    """Be nodes until the parent process has ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="how the nodes' names begin")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--part", choices=("nodes", "hands"), required=True)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0, help="of a slice")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    parent = os.getppid()
    postgres_url, redis_url = os.environ["PERMQ_POSTGRES_URL"], os.environ["PERMQ_REDIS_URL"]
    names = [f"{given.name}{number}" for number in range(given.first, given.first + given.count)]
    if given.part == "hands":
        Hands(postgres_url, redis_url, names, given.seconds).work(parent)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            told = registration(name, given.slots)
            duties = Duties(Path(folder) / name, name)
            Node(sender(redis_url), postgres_url, told, duties, end=_end).start()
        while os.getppid() == parent:
            time.sleep(0.5)


def _end(why: str) -> None:
    logger.critical("%s", why)
    os._exit(1)


if __name__ == "__main__":
    main()
