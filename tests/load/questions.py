"""What is timed at a scale: everything that users, workers and pages ask of the pool."""

import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from random import Random

from permq.fleet.messages import Message
from permq.fleet.producer import Letter, send, sender
from permq.jobs import control
from permq.jobs.dispatching import dispatch
from permq.jobs.kinds import kind_named
from permq.jobs.observing import observe
from permq.jobs.submission import Order, Step, submit
from permq.pool import puzzles
from permq.pool.assignments import lock_dispatch
from permq.pool.claims import Claim
from permq.pool.connection import connect, transaction
from tests.load.hands import claim, finish, made_up, registration, renew
from workers.duties import Duties
from workers.node import Node

FLEET = ("overview", "board")
OF_PUZZLE = ("convergence", "consensus", "history", "figures")
LISTINGS: Mapping[str, tuple[str, ...]] = {
    "permq jobs": ("jobs", "--json"),
    "permq jobs --state": ("jobs", "--state", "ready", "--limit", "100", "--json"),
    "permq nodes": ("nodes", "--json"),
    "permq status": ("status", "--json"),
}
MANY = 1_000
SHORT = 5
"""So often in a round is asked what takes no longer than waking up on a machine at work."""
CARE = "care for the fleet"
QUEUEING = "wait to hand out work"
PROBE = "probe"
KEEP = """
WITH probe AS (
    UPDATE nodes SET heartbeat = clock_timestamp() WHERE name = %(name)s RETURNING id)
UPDATE jobs SET lease_until = clock_timestamp() + interval '60 s'
FROM probe WHERE node_id = probe.id AND state = 'running'
"""


class Questions:
    """One scale, and a node of one slot in it that always has a job.

    Parameters
    ----------
    postgres_url, redis_url
        The servers.
    exporter, dashboard
        Addresses of the pages.
    duties
        Of the probe.
    """

    def __init__(
        self, postgres_url: str, redis_url: str, exporter: str, dashboard: str, duties: Duties
    ) -> None:
        self._url, self._redis_url = postgres_url, redis_url
        self._exporter, self._dashboard = exporter, dashboard
        self._connection = connect(postgres_url)
        self._app = sender(redis_url)
        self.times: dict[str, list[float]] = {}
        self._rng = Random(1)
        told = registration(PROBE, slots=1, speed=1e6, classes=("heavy",))
        self._node = Node(self._app, postgres_url, told, duties, end=print)
        with transaction(self._connection) as cursor:
            self._puzzle = puzzles.find(cursor)
            cursor.execute("SELECT pieces FROM puzzles WHERE id = %s", (self._puzzle.id,))
            ((self._pieces,),) = cursor.fetchall()
        self._node.register(self._connection)
        self._mine = self._claimed()
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._keeper.start()

    def ask(self) -> None:
        """Everything once, or what is short a few times, each timed."""
        self._submit(1, "submit one job")
        self._submit(MANY, f"submit {MANY:,} jobs, each")
        with transaction(self._connection) as cursor:
            with self._timed(QUEUEING):
                lock_dispatch(cursor)
            with self._timed("dispatch"):
                letters = dispatch(cursor)
        self._send(letters)
        self._slice()
        for _ in range(SHORT):
            with self._timed("a node's tick"):
                self._node.tick(self._connection)
        with transaction(self._connection) as cursor:
            lock_dispatch(cursor)
            with self._timed(CARE):
                control.take_back_lost(cursor)
                observe(cursor)
                letters = dispatch(cursor)
        self._send(letters)
        with self._timed("metrics scrape"):
            self._get(self._exporter + "/metrics")
        for name in FLEET:
            with self._timed(f"dashboard: {name}"):
                self._get(f"{self._dashboard}/api/{name}")
        for name in OF_PUZZLE:
            with self._timed(f"dashboard: {name}"):
                self._get(f"{self._dashboard}/api/puzzles/{self._puzzle.id}/{name}")

    def run_commands(self) -> None:
        """Run the commands that list, each as a user does: in a process of its own."""
        addresses = {"PERMQ_POSTGRES_URL": self._url, "PERMQ_REDIS_URL": self._redis_url}
        for name, words in LISTINGS.items():
            with self._timed(name):
                subprocess.run(
                    [sys.executable, "-P", "-m", "permq", *words],
                    env=os.environ | addresses,
                    stdout=subprocess.DEVNULL,
                    check=True,
                )

    def close(self) -> None:
        """Let go of the pool."""
        self._over.set()
        self._keeper.join()
        self._connection.close()

    def _keep(self) -> None:
        """Keep the probe and its job alive between two rounds, however long those take."""
        connection = connect(self._url)
        while not self._over.wait(5.0):
            with transaction(connection) as cursor:
                cursor.execute(KEEP, {"name": PROBE})
        connection.close()

    def _submit(self, count: int, name: str) -> None:
        step = Step("anneal", kind_named("anneal").complete({}), count)
        order = Order((step,), puzzle=self._puzzle, keep_going=True)
        with self._timed(name, parts=count):
            done = submit(self._connection, order)
        self._send(done.letters)

    def _slice(self) -> None:
        """A job of the probe's: when it is finished, the slot gets its next one."""
        for _ in range(SHORT):
            with self._timed("renew"):
                renew(self._connection, self._mine, 5)
        found = made_up(self._rng, self._pieces)
        with self._timed("finish, and dispatch to the slot"):
            letters = finish(self._connection, PROBE, self._mine, found, over=True)
        self._send(letters)
        self._mine = self._claimed()

    def _claimed(self) -> Claim:
        """Claim what the probe was given."""
        with transaction(self._connection) as cursor:
            cursor.execute(
                "SELECT j.id, j.token FROM jobs j JOIN nodes n ON n.id = j.node_id"
                " WHERE n.name = %s AND j.state = 'assigned'",
                (PROBE,),
            )
            ((job, token),) = cursor.fetchall()
        with self._timed("claim"):
            mine = claim(self._connection, PROBE, Message(job, token))
        assert mine is not None, "the probe's letter is void"
        return mine

    def _send(self, letters: Iterable[Letter]) -> None:
        """Send letters on; nobody reads the probe's own."""
        send(self._app, [letter for letter in letters if letter.node != PROBE])

    def _get(self, address: str) -> bytes:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return bytes(answer.read())

    @contextmanager
    def _timed(self, name: str, parts: int = 1) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.times.setdefault(name, []).append((time.perf_counter() - begin) / parts)
