"""A fleet that works for a while, and what its processes and servers take of the machine."""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from redis import Redis

from permq.core.loading import load_puzzle
from permq.pool import puzzles
from permq.pool.connection import connect, transaction
from permq.pool.migrate import migrate
from permq.services import flower
from permq.services.ports import free_port
from tests.load.services import Process, ending, page, servers
from tests.nodes import EXAMPLE, Fleet
from tests.soak import samples
from tests.soak.client import Client
from tests.soak.trend import Trend, trend
from tests.soak.work import Work

NODES = {"ant": 1, "bee": 2}
WARM = 0.3
"""Share of the time that is not judged: caches fill, libraries load, every kind comes once."""
KEPT_TASKS = "500"
"""Tasks that Flower remembers here: it must have forgotten some before the warm-up is over."""
PASSWORD = "soak"


@dataclass
class Report:
    """What a run came to.

    Parameters
    ----------
    seconds
        It lasted.
    jobs
        By state, at the end.
    asked, refused
        Pages that were asked for, and those that did not answer.
    trends
        By series, after the warm-up.
    """

    seconds: float = 0.0
    jobs: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    refused: int = 0
    trends: dict[str, Trend] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """What grows beyond its limit, in words."""
        found = [
            f"{name} grows by {one.an_hour:.3g} an hour"
            for name, one in self.trends.items()
            if not one.kept
        ]
        if self.refused:
            found.append(f"{self.refused} of {self.asked} pages did not answer")
        if not self.jobs.get("done"):
            found.append("no job was done")
        return found

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {**asdict(self), "problems": self.problems}


def run(
    seconds: float,
    every: float,
    folder: Path,
    tell: Callable[[str], None],
    *,
    judged: Callable[[str], bool] = lambda name: True,
    without: Collection[str] = (),
    before: int = 0,
) -> Report:
    """Let a fleet work and look at it.

    Parameters
    ----------
    seconds, every
        How long, and between two samples.
    folder
        For all data; the caller's to remove.
    tell
        Called with what goes on.
    judged
        Which series must keep their limits: in a short run memory says nothing.
    without
        Kinds of jobs that are left out.
    before
        Jobs that are done before the first sample is taken.
    """
    report = Report()
    temporary = folder / "temporary"
    temporary.mkdir()
    with ExitStack() as stack:
        postgres, redis = servers(folder, stack)
        migrate(postgres.url)
        fleet = Fleet(postgres.url, redis.url, folder / "fleet")
        stack.callback(fleet.close)
        fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '1')")
        pages, client = _pages(postgres.url, redis.url, folder, stack)
        for name, slots in NODES.items():
            fleet.node(name).start(slots, TMPDIR=str(temporary))
        for name in NODES:
            fleet.await_node(name)
        connection = connect(postgres.url)
        stack.callback(connection.close)
        with transaction(connection) as cursor:
            row = puzzles.add(cursor, load_puzzle(EXAMPLE))
        broker = Redis.from_url(redis.url)
        stack.callback(broker.close)
        work = Work(fleet, row, without=without)
        client.start()
        logs = [*(folder / "logs").rglob("*.log"), *(node.log for node in fleet.nodes)]
        pids = {f"node {node.name}": node.pid for node in fleet.nodes}
        pids |= {process.name: process.pid for process in pages}

        def look() -> dict[str, float]:
            return {
                **samples.processes(pids),
                **samples.of_postgres(connection, postgres.pid),
                **samples.of_redis(broker, redis.pid),
                **samples.files(fleet.folder, logs, temporary),
            }

        while fleet.rows("SELECT count(*) FROM jobs WHERE state = 'done'")[0][0] < before:
            work.go_on()
            time.sleep(0.1)
        tell(f"working for {seconds:g} s")
        series = _watched(seconds, every, look, work)
        client.stop()
        work.close()
        report.jobs, report.asked, report.refused = work.done, client.asked, client.refused
    report.seconds = seconds
    report.trends = _trends(series, judged)
    return report


def _watched(
    seconds: float, every: float, look: Callable[[], Mapping[str, float]], work: Work
) -> dict[str, list[tuple[float, float]]]:
    """Work and take samples; gives time and value by series."""
    series: dict[str, list[tuple[float, float]]] = {}
    begin = time.monotonic()
    due = begin + every
    while (now := time.monotonic()) < begin + seconds:
        work.go_on()
        if now >= due:
            due = now + every
            for name, value in look().items():
                series.setdefault(name, []).append((now - begin, value))
        time.sleep(min(1.0, every / 4))
    return series


def _trends(
    series: Mapping[str, list[tuple[float, float]]], judged: Callable[[str], bool]
) -> dict[str, Trend]:
    found = {}
    for name, points in sorted(series.items()):
        end = points[-1][0]
        warm = [point for point in points if point[0] >= WARM * end]
        times, values = zip(*warm, strict=True)
        found[name] = trend(times, values, samples.limit_of(name) if judged(name) else None)
    return found


def _pages(
    postgres_url: str, redis_url: str, folder: Path, stack: ExitStack
) -> tuple[list[Process], Client]:
    """Start exporter, dashboard and Flower, and somebody who watches them."""
    processes = stack.enter_context(ending([]))
    ports = {name: free_port() for name in ("metrics", "dashboard", flower.NAME)}
    for name in ("metrics", "dashboard"):
        processes.append(page(name, postgres_url, ports[name], folder, "pages"))
    place = folder / "flower"
    place.mkdir()
    member = flower.member({"PERMQ_REDIS_URL": redis_url}, ports[flower.NAME], PASSWORD, place)
    words = [
        f"--max_tasks={KEPT_TASKS}" if word.startswith("--max_tasks") else word
        for word in member.command
    ]
    processes.append(Process(replace(member, command=tuple(words)), folder / "logs"))
    for process in processes:
        while not process.check():
            time.sleep(0.1)
    addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    client = Client(
        addresses["dashboard"],
        addresses["metrics"],
        addresses[flower.NAME],
        f"{flower.USER}:{PASSWORD}",
    )
    return processes, client
