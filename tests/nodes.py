"""Real nodes for tests: worker process trees of their own, each with its own data folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from permq.core.loading import load_puzzle
from permq.fleet.producer import send, sender
from permq.jobs.kinds import kind_named
from permq.jobs.submission import Order, Step, Submitted, submit
from permq.pool import puzzles
from permq.pool.connection import Connection, connect, transaction
from permq.pool.puzzles import PuzzleRow
from permq.services.processes import launched

EXAMPLE = Path(__file__).resolve().parent.parent / "permq/examples/small"

PATIENCE = 120.0
"""Seconds after which a test gives up waiting; far more than anything takes."""


class NodeProcess:
    """`permq worker start` in a process group of its own."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        self.name = name
        self.folder = folder
        self.log = folder / "worker.log"
        self._environment = os.environ | environment | {"PERMQ_DATA": str(folder / "data")}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, slots: int = 1, words: Sequence[str] | None = None, **more: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        command = words or [
            *(sys.executable, "-P", "-m", "permq", "worker", "start"),
            *("--name", self.name, "--slots", str(slots)),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                launched(command, death_signal=signal.SIGKILL),
                env=self._environment | more,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self.process is not None, "the node was not started"
        return self.process.pid

    def children(self) -> list[int]:
        """Processes of the pool."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [
            int(child)
            for child in listed
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]

    def terminate(self) -> int:
        """SIGTERM; gives the exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """kill -9 of the whole group."""
        if self.process is not None:
            with_group = os.getpgid(self.pid) if self.process.poll() is None else None
            if with_group is not None:
                os.killpg(with_group, signal.SIGKILL)
            self.process.wait(PATIENCE)

    def told(self) -> str:
        return self.log.read_text(errors="replace")


class Fleet:
    """A pool, a broker, and nodes."""

    def __init__(self, postgres_url: str, redis_url: str, folder: Path) -> None:
        self.postgres_url = postgres_url
        self.redis_url = redis_url
        self.folder = folder
        self.faults = folder / "faults"
        self.faults.mkdir(parents=True)
        self.nodes: list[NodeProcess] = []

    @property
    def connection(self) -> Connection:
        return connect(self.postgres_url)

    def environment(self) -> dict[str, str]:
        return {
            "PERMQ_POSTGRES_URL": self.postgres_url,
            "PERMQ_REDIS_URL": self.redis_url,
            "PERMQ_FAULTS": str(self.faults),
        }

    def node(self, name: str = "one") -> NodeProcess:
        made = NodeProcess(name, self.folder / name, self.environment())
        self.nodes.append(made)
        return made

    def started(self, name: str = "one", slots: int = 1, **more: str) -> NodeProcess:
        made = self.node(name)
        made.start(slots, **more)
        self.await_node(name)
        return made

    def await_node(self, name: str, state: str = "live") -> None:
        self.until(
            lambda: self.rows("SELECT state FROM nodes WHERE name = %s", name) == [(state,)],
            f"node {name} is {state}",
        )

    def close(self) -> None:
        for node in self.nodes:
            node.kill()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        connection = self.connection
        try:
            with transaction(connection) as cursor:
                cursor.execute(query, values or None)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def run(self, query: str, *values: Any) -> None:
        self.rows(query, *values)

    def add_puzzle(self, puzzle: Any = None) -> PuzzleRow:
        connection = self.connection
        with transaction(connection) as cursor:
            row = puzzles.add(cursor, puzzle or load_puzzle(EXAMPLE))
        connection.close()
        return row

    def submit(self, *steps: Step, puzzle: PuzzleRow | None = None, **facts: Any) -> Submitted:
        connection = self.connection
        done = submit(connection, Order(steps, puzzle=puzzle, **facts))
        connection.close()
        send(sender(self.redis_url), done.letters)
        return done

    def states(self, jobs: Sequence[int] | None = None) -> dict[int, str]:
        found = dict(self.rows("SELECT id, state FROM jobs"))
        return found if jobs is None else {job: found[job] for job in jobs}

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait for something; a test that waits in vain shows the nodes' logs."""
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                logs = "\n".join(f"--- {node.name}\n{node.told()}" for node in self.nodes)
                jobs = self.rows("SELECT id, kind, state, attempt, slice, reason FROM jobs")
                pytest.fail(f"waited in vain until {what}\njobs {jobs}\n{logs}")
            time.sleep(0.05)

    def until_ended(self, jobs: Sequence[int]) -> dict[int, str]:
        ended = {"done", "failed", "cancelled", "blocked"}
        self.until(lambda: set(self.states(jobs).values()) <= ended, "all jobs have ended")
        return self.states(jobs)

    def until_running(self, job: int) -> None:
        self.until(lambda: self.states()[job] == "running", f"job {job} runs")


def step(kind: str = "anneal", count: int = 1, *, join: bool = False, **given: Any) -> Step:
    return Step(kind, kind_named(kind).complete(given), count, join)


@pytest.fixture
def fleet(postgres_url: str, redis_url: str, tmp_path: Path) -> Iterator[Fleet]:
    """A pool and a broker without nodes."""
    made = Fleet(postgres_url, redis_url, tmp_path / "fleet")
    # snapshots come by the clock: only tests of the history want them among their jobs
    made.run("INSERT INTO settings (key, value) VALUES ('history.seconds', '0')")
    yield made
    made.close()
