"""A run: two fleets on the same servers, filled, set to work, and asked in turns."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from permq.core.loading import load_puzzle
from permq.pool.connection import connect, transaction
from permq.services.ports import free_port
from tests.load.questions import CARE, QUEUEING, Questions
from tests.load.scale import Scale, hundredth, populate, prepare
from tests.load.services import Process, ending, memory, page, program, servers, share_of_memory
from tests.servers import Server, database_url
from workers.duties import Duties

BOUND = 2.0
"""Most that anything may take at the large scale, in times of the small one."""
TIMER = 0.003
"""A difference of so many seconds is that of waking up on a machine at work, not the question's."""
EACH_NODE = 0.0003
"""Seconds for each node more where an answer names every node, and is as long as there are."""
NAMING = {"metrics scrape", "permq nodes"}
WAITING = 0.05
"""Seconds that one may wait for others who hand out work, twenty a second, one at a time; and that
the care may take, which one node of all has for the fleet once in five seconds."""
FRESH = 1.1
"""Seconds after which pages ask Postgres again."""
SETTLED = 20.0
"""Seconds until all slots are at work."""
A_PROCESS = 50
"""Nodes that one process simulates."""
MEMORY: Mapping[str, int] = {
    "postgres": 4_000_000_000,
    "redis": 100_000_000,
    "exporter": 150_000_000,
    "dashboard": 200_000_000,
    "worker": 200_000_000,
}
"""Bytes that each service may take in all."""


@dataclass(frozen=True)
class Measured:
    """One question at both scales, in seconds.

    Parameters
    ----------
    small, large
        Medians.
    ratio
        Of the medians.
    bound
        Most that it may take at the large scale.
    """

    small: float
    large: float
    ratio: float
    bound: float

    @property
    def kept(self) -> bool:
        """Whether it keeps the bound."""
        return self.large <= self.bound


@dataclass
class Report:
    """What a run came to.

    Parameters
    ----------
    small, large
        The scales.
    rounds
        How often everything was asked.
    times
        By question.
    before, after
        Bytes of memory by service: empty, and at the end.
    slices
        That the simulated nodes finished while it was measured, per second.
    """

    small: Scale
    large: Scale
    rounds: int
    times: dict[str, Measured] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    slices: float = 0.0

    @property
    def problems(self) -> list[str]:
        """What breaks a bound, in words."""
        found = [
            f"{name}: {one.ratio:.2f} times" for name, one in self.times.items() if not one.kept
        ]
        found += [
            f"{name} holds {held / 1e6:.0f} MB"
            for name, held in self.after.items()
            if held > MEMORY[name]
        ]
        return found

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {**asdict(self), "bound": BOUND, "memory_bound": MEMORY, "problems": self.problems}


def run(
    large: Scale, rounds: int, puzzle: Path, folder: Path, tell: Callable[[str], None]
) -> Report:
    """Measure a large fleet beside one of a hundredth of its size.

    Parameters
    ----------
    large
        How large.
    rounds
        How often everything is asked.
    puzzle
        What the solutions are of.
    folder
        For the servers' data; the caller's to remove.
    tell
        Called with what goes on.
    """
    small = hundredth(large)
    report = Report(small, large, rounds)
    with ExitStack() as stack:
        postgres, redis = servers(folder, stack)
        urls = {scale.name: database_url(postgres.url, scale.name) for scale in (small, large)}
        for scale in (small, large):
            prepare(postgres.url, urls[scale.name], scale)
        processes = stack.enter_context(ending([]))
        pages = _pages(urls, folder, processes)
        processes.append(_worker(urls["large"], redis.url, folder))
        _until_ready(processes)
        report.before = _memory(postgres, redis, processes)
        for scale in (small, large):
            tell(f"filling: {scale.words}")
            populate(urls[scale.name], scale, load_puzzle(puzzle))
            processes += _nodes(scale, urls[scale.name], redis.url, folder)
        asked = {
            scale.name: Questions(
                urls[scale.name],
                redis.url,
                *pages[scale.name],
                duties=Duties(folder / f"probe-{scale.name}", "probe"),
            )
            for scale in (small, large)
        }
        for scale in (small, large):
            _until_registered(urls[scale.name], scale)
        time.sleep(SETTLED)
        tell(f"asking {rounds} times")
        begin, done = time.monotonic(), _slices(urls["large"])
        for number in range(rounds):
            for questions in asked.values():
                questions.ask()
                time.sleep(FRESH)  # or pages would answer with what they know
                if number % 3 == 0:
                    questions.run_commands()
        report.slices = (_slices(urls["large"]) - done) / (time.monotonic() - begin)
        report.after = _memory(postgres, redis, processes)
        for questions in asked.values():
            questions.close()
    report.times = {
        name: _measured(
            asked["small"].times[name], asked["large"].times[name], _more(name, small, large)
        )
        for name in asked["large"].times
    }
    return report


def _pages(
    urls: Mapping[str, str], folder: Path, processes: list[Process]
) -> dict[str, tuple[str, str]]:
    """Start an exporter and a dashboard for each scale; gives their addresses."""
    addresses = {}
    for scale, url in urls.items():
        ports = free_port(), free_port()
        for name, port in zip(("metrics", "dashboard"), ports, strict=True):
            processes.append(page(name, url, port, folder, scale))
        addresses[scale] = tuple(f"http://127.0.0.1:{port}" for port in ports)
    return addresses


def _worker(postgres_url: str, redis_url: str, folder: Path) -> Process:
    """Start a real worker, which takes part in all but the work: no job here is to be drawn."""
    data = folder / "worker"
    data.mkdir()
    words = ("permq", "worker", "start", "--name", "real", "--slots", "1", "--classes", "render")
    variables = {
        "PERMQ_POSTGRES_URL": postgres_url,
        "PERMQ_REDIS_URL": redis_url,
        "PERMQ_DATA": str(data),
    }
    return program(
        "worker", words, variables, data, lambda: bool(_rows(postgres_url, "SELECT FROM nodes"))
    )


def _nodes(scale: Scale, postgres_url: str, redis_url: str, folder: Path) -> list[Process]:
    """Start the simulated nodes, some in each process."""
    made = []
    variables = {"PERMQ_POSTGRES_URL": postgres_url, "PERMQ_REDIS_URL": redis_url}
    for first in range(1, scale.nodes + 1, A_PROCESS):
        count = min(A_PROCESS, scale.nodes + 1 - first)
        for part in ("nodes", "hands"):
            words = ("tests.load.simulated", "--name", scale.name, "--part", part)
            numbers = ("--first", str(first), "--count", str(count))
            name = f"{scale.name}-{part}-{first}"
            made.append(program(name, (*words, *numbers), variables, folder))
    return made


def _memory(postgres: Server, redis: Server, processes: list[Process]) -> dict[str, int]:
    """Bytes by service; of the pages those of the large fleet, which stand last."""
    pids = {process.name: process.pid for process in processes}
    return {
        "postgres": share_of_memory(postgres.pid),
        "redis": memory(redis.pid),
        "exporter": memory(pids["metrics"]),
        "dashboard": memory(pids["dashboard"]),
        "worker": memory(pids["worker"]),
    }


def _more(name: str, small: Scale, large: Scale) -> float:
    """Seconds that a question may take besides, where the large scale asks for more."""
    if name in NAMING:
        return EACH_NODE * (large.nodes - small.nodes)
    return WAITING if name in {QUEUEING, CARE} else 0.0


def _measured(small: list[float], large: list[float], more: float) -> Measured:
    one, other = median(small), median(large)
    return Measured(one, other, other / one, max(BOUND * one + more, one + TIMER))


def _rows(url: str, query: str) -> list[Any]:
    connection = connect(url)
    try:
        with transaction(connection) as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())
    finally:
        connection.close()


def _slices(url: str) -> int:
    ((count,),) = _rows(url, "SELECT count(*) FROM slices WHERE token > 1 OR node_id > 1")
    return int(count)


def _until_ready(processes: list[Process]) -> None:
    for process in processes:
        while not process.check():
            time.sleep(0.1)


def _until_registered(url: str, scale: Scale) -> None:
    """Wait until all nodes are there and have work."""
    query = "SELECT count(*) FROM nodes WHERE state = 'live'"
    while _rows(url, query)[0][0] < scale.nodes:
        time.sleep(0.2)
