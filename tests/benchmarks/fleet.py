"""A whole fleet on this machine: what the queue costs, how it scales, what it costs idle."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from permq.core.loading import load_puzzle
from permq.fleet.producer import send, sender
from permq.jobs.kinds import kind_named
from permq.jobs.submission import Order, Step, submit
from permq.pool import puzzles
from permq.pool.connection import Connection, connect, transaction
from permq.pool.puzzles import PuzzleRow
from permq.services.addresses import Addresses, find
from tests.benchmarks.measure import spread, tell

# Never accepted as good, so that exactly these steps are made.
ENDLESS = {"accept": "threshold", "hot": 1e9, "cold": 1e9, "from": "random", "perturbation": 0}


def run(folder: Path, quick: bool) -> None:
    """Print what a fleet of two workers costs and does."""
    with tempfile.TemporaryDirectory() as place, up(Path(place)) as (parent, where):
        print("fleet: `permq up --workers 2` on this machine")
        connection = connect(where.postgres_url)
        idle(parent, 20 if quick else 60)
        pickup(connection, where, 20 if quick else 100)
        empty_jobs(connection, where, 2_000 if quick else 10_000)
        with transaction(connection) as cursor:
            row = puzzles.add(cursor, load_puzzle(folder))
        annealing(connection, where, folder, row, 20.0 if quick else 60.0)
        tell("memory of a worker's child on the real puzzle", child_memory(parent), 150, " MB")
        connection.close()


@contextmanager
def up(data: Path) -> Iterator[tuple[int, Addresses]]:
    """Run `permq up` with two workers; gives its process and where its servers are."""
    words = [sys.executable, "-P", "-m", "permq", "up", "--workers", "2", "--data", str(data)]
    quiet = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PERMQ_POSTGRES_URL", "PERMQ_REDIS_URL"}
    }
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=quiet) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ready after"):
                break
        else:
            raise RuntimeError("permq up ended before it was ready")
        try:
            yield process.pid, find(data)
        finally:
            process.terminate()
            process.communicate()


def idle(parent: int, seconds: float) -> None:
    """Processor time of everything that `permq up` started, while nothing is to be done."""
    time.sleep(5)  # what a start leaves behind
    before = {pid: processor(pid) for pid in tree(parent)}
    time.sleep(seconds)
    used = {pid: processor(pid) - before.get(pid, 0.0) for pid in tree(parent)}
    tell("idle fleet, of one core", 100 * sum(used.values()) / seconds, 2, " %")
    for pid, spent in sorted(used.items(), key=lambda item: -item[1])[:4]:
        print(f"    {100 * spent / seconds:.2f} %  {command(pid)}")


def pickup(connection: Connection, where: Addresses, count: int) -> None:
    """Time from a job's row to its claim, one at a time."""
    waits = []
    for _ in range(count):
        jobs = ordered(connection, where, Step("noop", kind_named("noop").complete({})))
        await_end(connection, jobs)
        waits += column(
            connection,
            "SELECT 1e3 * extract(epoch FROM started_at - created_at) FROM jobs WHERE id = ANY(%s)",
            jobs,
        )
        time.sleep(0.1)
    tell("pickup of one job, median", median(waits), 50, " ms")
    print(f"    {spread(waits, ' ms')}")


def empty_jobs(connection: Connection, where: Addresses, count: int) -> None:
    """Jobs that do nothing, submitted at once: what their rows and messages cost."""
    begun = time.perf_counter()
    jobs = ordered(connection, where, Step("noop", kind_named("noop").complete({}), count))
    submitted = time.perf_counter() - begun
    await_end(connection, jobs)
    seconds = time.perf_counter() - begun
    tell(f"submit of {count:,} jobs", submitted, 3, " s")
    tell(f"{count:,} empty jobs, end to end", count / seconds, 100, "/s", least=True)


def annealing(
    connection: Connection, where: Addresses, folder: Path, row: PuzzleRow, seconds: float
) -> None:
    """The same annealing in process, through the queue, and twice side by side."""
    kind = kind_named("anneal")
    speed = in_process(folder, kind.complete({**ENDLESS, "steps": 2_000}))[1]
    params = kind.complete({**ENDLESS, "steps": int(speed * seconds)})
    alone, _ = in_process(folder, params)
    through = timed_jobs(connection, where, row, params, 1)
    print(f"  annealing of {params['steps']:,} steps: {alone:.1f} s in process")
    tell("through the queue, more wall time", 100 * (through / alone - 1), 5, " %")
    both = timed_jobs(connection, where, row, params, 2)
    tell("two workers' steps/s over one's", 2 * through / both, 1.85, " x", least=True)


def in_process(folder: Path, params: dict) -> tuple[float, float]:
    """Seconds and steps/s of an annealing in a process of its own, as a worker's child is."""
    program = (
        "import json, sys, time\n"
        "from permq.config import prepare_blas\n"
        "prepare_blas(1)\n"
        "from permq.core.loading import load_puzzle\n"
        "from permq.jobs.kinds import kind_named\n"
        "from permq.jobs.task import Task\n"
        "kind, params = kind_named('anneal'), json.loads(sys.argv[2])\n"
        "task = Task(puzzle=load_puzzle(sys.argv[1]), params=params, seed=1)\n"
        "begun = time.perf_counter()\n"
        "state = kind.begin(task)\n"
        "assert kind.advance(task, state)\n"
        "print(time.perf_counter() - begun)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), json.dumps(params)],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = float(done.stdout)
    return seconds, params["steps"] / seconds


def timed_jobs(
    connection: Connection, where: Addresses, row: PuzzleRow, params: dict, count: int
) -> float:
    """Seconds from submission to the end of so many annealings of one seed each."""
    begun = time.perf_counter()
    jobs = ordered(connection, where, Step("anneal", params, count), row)
    await_end(connection, jobs)
    return time.perf_counter() - begun


def ordered(
    connection: Connection, where: Addresses, step: Step, row: PuzzleRow | None = None
) -> list[int]:
    """Submit one step and ring."""
    done = submit(connection, Order((step,), puzzle=row, keep_going=True))
    send(sender(where.redis_url), done.letters)
    return list(done.jobs)


def await_end(connection: Connection, jobs: Sequence[int]) -> None:
    """Wait until all jobs are done."""
    query = "SELECT count(*) FROM jobs WHERE id = ANY(%s) AND state = 'done'"
    while column(connection, query, jobs) != [len(jobs)]:
        time.sleep(0.02 if len(jobs) < 10 else 0.25)


def column(connection: Connection, query: str, jobs: Sequence[int]) -> list[float]:
    """First column of a query about jobs."""
    with transaction(connection) as cursor:
        cursor.execute(query, (list(jobs),))
        return [float(value) for (value,) in cursor.fetchall()]


def tree(parent: int) -> list[int]:
    """A process and all below it."""
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            above = int(path.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        below.setdefault(above, []).append(int(path.parent.name))
    found, queue = [], [parent]
    while queue:
        found.append(queue.pop())
        queue += below.get(found[-1], [])
    return found


def processor(pid: int) -> float:
    """Seconds of processor time of a process; 0 for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def command(pid: int) -> str:
    """Beginning of a process' command line."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return "ended"
    return b" ".join(words).decode(errors="replace").strip()[:80]


def child_memory(parent: int) -> float:
    """Largest resident memory of a worker's child, in MB."""
    sizes = [
        int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        for pid in tree(parent)
        if "spawn_main" in command(pid)
    ]
    return max(sizes)
