"""What is measured beside the questions: real processes of permq, and the memory they take."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from permq.services import postgres, redis
from permq.services.members import Member, Running, Stage
from permq.services.pages import page_member
from permq.services.ports import free_port
from tests.benchmarks.fleet import tree
from tests.servers import Server


class Process:
    """One process of permq, or several that belong together."""

    def __init__(self, member: Member, logs: Path) -> None:
        self.name = member.name
        self._running = Running(member, logs)
        self._running.launch()

    @property
    def pid(self) -> int:
        assert self._running.process is not None, f"{self.name} does not run"
        return self._running.process.pid

    def check(self) -> bool:
        """Whether it is ready; an error when it has ended."""
        return self._running.check()

    def stop(self) -> None:
        self._running.stop()


def page(name: str, url: str, port: int, folder: Path, label: str) -> Process:
    """Start the exporter or the dashboard."""
    words = ("--data", str(folder)) if name == "dashboard" else ()
    servers = {"PERMQ_POSTGRES_URL": url, "PERMQ_DATA": str(folder)}
    member = page_member(name, servers, port, folder, words)
    return Process(member, folder / "logs" / label)


def program(
    name: str,
    words: Sequence[str],
    variables: dict[str, str],
    folder: Path,
    ready: Callable[[], bool] = lambda: True,
) -> Process:
    """Start a Python module of this checkout."""
    root = str(Path(__file__).resolve().parents[2])
    member = Member(
        name=name,
        stage=Stage.WORKER,
        command=(sys.executable, "-P", "-m", *words),
        variables={**variables, "PYTHONPATH": root, "PYTHONUNBUFFERED": "1"},
        folder=folder,
        ready=ready,
        start_seconds=120.0,
        stop_seconds=30.0,
    )
    return Process(member, folder / "logs")


def memory(pid: int) -> int:
    """Bytes that a process holds in memory."""
    text = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
    return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")


def share_of_memory(pid: int) -> int:
    """Bytes that a process and all below it hold, what they share counted once."""
    return sum(_proportional(one) for one in tree(pid))


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has just ended
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return 1024 * int(line.split()[1])
    return 0


@contextmanager
def ending(processes: list[Process]) -> Iterator[list[Process]]:
    """Stop what was started, the last first."""
    try:
        yield processes
    finally:
        for process in reversed(processes):
            process.stop()


def servers(folder: Path, stack: ExitStack) -> tuple[Server, Server]:
    """Postgres and Redis as `permq up` has them; only the disk is not waited for."""
    cluster = postgres.prepare(folder / "postgres", sync=False)
    store = redis.prepare(folder / "redis")
    ports = free_port(), free_port()
    made = (
        # a disk's waits would be the same at both scales, and hide what differs
        Server(cluster.member(ports[0], {"fsync": "off"}), cluster.url(ports[0]), folder / "logs"),
        Server(store.member(ports[1]), store.url(ports[1]), folder / "logs"),
    )
    for server in made:
        server.start()
        stack.callback(server.stop)
    return made
