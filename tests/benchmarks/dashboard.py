"""The dashboard's answers with a million solutions, 10,000 jobs and many snapshots."""

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from permq.core.loading import load_puzzle
from permq.dashboard.reading import FRESH_SECONDS
from permq.history.taking import take
from permq.pool import migrate
from permq.pool.connection import Connection, connect, transaction
from tests.benchmarks.measure import tell
from tests.benchmarks.pool import SOLUTIONS, fill
from tests.dashboards import Served
from tests.servers import make_postgres

BOUND = 200.0  # ms
ROUNDS = 7
JOBS = 10_000
SNAPSHOTS = 40
FLEET = ("overview", "board", "links")
OF_PUZZLE = ("convergence", "consensus", "history", "embedding", "figures")

# Solutions come one after the other, over a day.
FIND = """
UPDATE solutions SET found_at = clock_timestamp() - interval '1 day'
    + id * interval '1 day' / %(count)s;
INSERT INTO discoveries (solution_id, puzzle_id, method, node)
    SELECT id, puzzle_id, method, node FROM solutions;
INSERT INTO nodes (name, host, pid, chipset, apple, arch, numeric_class, slots, speed, classes,
        version)
    SELECT 'node' || i, 'h', i, 'chip', false, 'x86_64', 'x', 4, 1000, '{heavy}', '1'
    FROM generate_series(0, 5) AS i;
INSERT INTO submissions (command, base_seed)
    SELECT 'permq submit', i FROM generate_series(1, 1000) AS i;
INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, seed, state, node_id, params, result,
        rate, best_cost, code_version)
    SELECT 1 + i %% 1000, %(puzzle)s, (ARRAY['anneal', 'refine', 'loo'])[1 + i %% 3], 'heavy', i,
        CASE WHEN i %% 200 = 0 THEN 'running' WHEN i %% 3 = 0 THEN 'ready' ELSE 'done' END,
        1 + i %% 6, jsonb_build_object('steps', i), jsonb_build_object('answer', repeat('7 ', 100)),
        1000, 0.1, '1'
    FROM generate_series(1, %(jobs)s) AS i;
"""


def run(folder: Path, quick: bool) -> None:
    """Print the time of each answer, from the request to the last byte."""
    count = SOLUTIONS // 10 if quick else SOLUTIONS
    puzzle = load_puzzle(folder)
    with tempfile.TemporaryDirectory() as place:
        server = make_postgres(Path(place))
        server.start()
        try:
            migrate.migrate(server.url)
            connection = connect(server.url)
            number = fill(connection, puzzle, count)
            work(connection, number, count)
            for _ in range(SNAPSHOTS):
                take(connection, number, puzzle)
            connection.close()
            print(f"dashboard: {count:,} solutions, {JOBS:,} jobs, {SNAPSHOTS} snapshots")
            served = Served(server.url)
            try:
                measure(served, number)
            finally:
                served.end()
        finally:
            server.stop()


def work(connection: Connection, puzzle: int, count: int) -> None:
    """Make up jobs, nodes and finds."""
    with transaction(connection) as cursor:
        cursor.execute(FIND, {"puzzle": puzzle, "count": count, "jobs": JOBS})
    # as autovacuum does within a minute
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.autocommit = False


def measure(served: Served, puzzle: int) -> None:
    """Ask for everything in turn; what is kept for a second has grown old in every round."""
    paths = {name: f"/api/{name}" for name in FLEET}
    paths |= {name: f"/api/puzzles/{puzzle}/{name}" for name in OF_PUZZLE}
    paths["page"] = "/"
    times: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(ROUNDS):
        for name, path in paths.items():
            begin = perf_counter()
            answer = served.ask(path)
            times[name].append(perf_counter() - begin)
            assert answer.status == 200, answer.body
        sleep(FRESH_SECONDS)
    for name, taken in times.items():
        tell(name, 1e3 * median(taken), BOUND, " ms")
        tell(f"{name}, the slowest", 1e3 * max(taken), BOUND, " ms")
