"""A dashboard in a thread of its own, and a pool for it to show."""

import asyncio
import json
import socket
from http.client import HTTPConnection, HTTPMessage
from threading import Event, Thread
from typing import Any, NamedTuple

import numpy as np

from permq.core.arrangement import Arrangement
from permq.dashboard.app import application, listening
from permq.dashboard.guards import Guard
from permq.dashboard.reading import Reader
from permq.pool import puzzles
from permq.pool.connection import connect, transaction
from permq.pool.nodes import Registration, register
from permq.pool.solutions import Found, check, record
from permq.services.ports import free_port
from tests.toys import toy_puzzle

LINKS = {"flower": "http://127.0.0.1:5555", "grafana": "https://grafana.example/d/1"}


class Answer(NamedTuple):
    """What the server said."""

    status: int
    body: bytes
    headers: HTTPMessage

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Served:
    """A dashboard on a port of this machine."""

    def __init__(self, url: str, guard: Guard | None = None) -> None:
        self._url, self._guard = url, guard or Guard()
        self.port = free_port()
        self._began = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._began.wait(30)

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        reader = Reader(self._url)
        made = application(reader, self._guard, lambda: LINKS)
        server = listening(made, "127.0.0.1", self.port)
        self._began.set()
        await self._ended.wait()
        server.stop()
        await server.close_all_connections()
        reader.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), answer.headers)
        finally:
            connection.close()

    def send(self, raw: bytes) -> int | None:
        """Bytes as they are; the answer's status, None where there is no answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            client.sendall(raw)
            head = client.recv(4096)
        return int(head.split()[1]) if head else None

    def end(self) -> None:
        """End it; nothing where it has ended."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()


class Pool:
    """A puzzle, and rows about it that a test writes."""

    def __init__(self, url: str, blocks: int = 6) -> None:
        self.url = url
        self.connection = connect(url)
        self.puzzle, self.answer = toy_puzzle(3, blocks=blocks)
        with transaction(self.connection) as cursor:
            self.row = puzzles.add(cursor, self.puzzle)
        self._rng = np.random.default_rng(5)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with transaction(self.connection) as cursor:
            cursor.execute(query, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def node(self, name: str, slots: int = 2) -> int:
        registration = Registration(
            name=name,
            host="secret-host",
            pid=1,
            chipset='Apple "M4"',
            apple=True,
            arch="arm64",
            gpu=None,
            numeric_class="test",
            slots=slots,
            weight=1.0,
            speed=1500.0,
            classes=("heavy",),
            version="0",
        )
        with transaction(self.connection) as cursor:
            return register(cursor, registration)[0]

    def job(self, state: str, **facts: Any) -> int:
        ((submission,),) = self.rows(
            "INSERT INTO submissions (command, base_seed) VALUES ('test', 1) RETURNING id"
        )
        given = {
            "submission_id": submission,
            "puzzle_id": self.row.id,
            "kind": "anneal",
            "work_class": "heavy",
            "seed": 1,
            "state": state,
            "code_version": "0",
            **facts,
        }
        columns, places = ", ".join(given), ", ".join(["%s"] * len(given))
        query = f"INSERT INTO jobs ({columns}) VALUES ({places}) RETURNING id"
        ((job,),) = self.rows(query, *given.values())
        return int(job)

    def find(self, count: int = 1, *, swaps: int = 2, method: str = "anneal") -> list[int]:
        """Put solutions into the pool: the answer after some exchanges."""
        found = []
        for _ in range(count):
            inputs, outputs = list(self.answer.inputs), list(self.answer.outputs)
            for _ in range(swaps):
                for layers in (inputs, outputs):
                    i, j = self._rng.integers(len(layers), size=2)
                    layers[i], layers[j] = layers[j], layers[i]
            arrangement = Arrangement(tuple(inputs), tuple(outputs), self.answer.last)
            found.append(check(self.puzzle, Found(arrangement, method)))
        with transaction(self.connection) as cursor:
            return record(
                cursor, self.row.id, found, node="one", job_id=None, slice=None, parent_id=None
            )

    def close(self) -> None:
        self.connection.close()
