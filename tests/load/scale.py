"""Two fleets of one make: a few of everything, and a hundred times as many."""

import json
from dataclasses import dataclass

from permq.core.puzzle import Puzzle
from permq.jobs.kinds import kind_named
from permq.pool.connection import connect, transaction
from permq.pool.migrate import migrate
from tests.benchmarks.pool import fill
from tests.servers import run_sql


@dataclass(frozen=True)
class Scale:
    """How much of everything there is.

    Parameters
    ----------
    name
        Of its database, and the beginning of its nodes' names.
    jobs
        That are queued; as many have been done before.
    solutions
        Of its one puzzle.
    nodes
        That speak the protocol.
    """

    name: str
    jobs: int
    solutions: int
    nodes: int

    @property
    def words(self) -> str:
        """The scale in words."""
        return f"{self.jobs:,} queued jobs, {self.solutions:,} solutions, {self.nodes} nodes"


LARGE = Scale("large", 100_000, 1_000_000, 200)
QUICK = Scale("large", 20_000, 100_000, 50)


def hundredth(scale: Scale) -> Scale:
    """The small fleet that a large one is compared with."""
    return Scale("small", scale.jobs // 100, scale.solutions // 100, max(2, scale.nodes // 100))


# One in twenty waits for another, one in twenty is light; all the others anneal.
JOBS = """
INSERT INTO submissions (command, base_seed)
    SELECT 'permq submit', i FROM generate_series(1, %(jobs)s / 50) AS i;
INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, params, seed, state, priority,
        steps_total, steps_done, slice, result, ready_at, started_at, ended_at, code_version)
    SELECT 1 + i %% (%(jobs)s / 50), %(puzzle)s, 'anneal', 'heavy', %(anneal)s, i, 'done', 5,
        200000, 200000, 1, jsonb_build_object('answer', repeat('7 ', 100), 'mse', 0.1),
        clock_timestamp(), clock_timestamp(), clock_timestamp(), '1'
    FROM generate_series(1, %(jobs)s) AS i;
INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, params, seed, state, priority,
        steps_total, ready_at, code_version)
    SELECT 1 + i %% (%(jobs)s / 50), %(puzzle)s,
        CASE WHEN i %% 20 = 3 THEN 'loo' ELSE 'anneal' END,
        CASE WHEN i %% 20 = 3 THEN 'light' ELSE 'heavy' END,
        %(anneal)s, i, CASE WHEN i %% 20 = 7 THEN 'waiting' ELSE 'ready' END, 3 + i %% 4,
        100000 + i %% 7 * 10000, clock_timestamp(), '1'
    FROM generate_series(1, %(jobs)s) AS i;
INSERT INTO edges (parent_id, child_id)
    SELECT id - 1, id FROM jobs WHERE state = 'waiting';
INSERT INTO nodes (name, host, pid, chipset, apple, arch, numeric_class, slots, speed, classes,
        version, state)
    VALUES ('history', 'h', 1, 'chip', false, 'x86_64', 'x', 1, 1000, '{heavy}', '1', 'gone');
INSERT INTO slices (job_id, slice, token, node_id, started_at, ended_at, steps, best_cost)
    SELECT jobs.id, 0, 1, n.id, clock_timestamp() - id_of.ago - interval '20 s',
        clock_timestamp() - id_of.ago, 200000, 0.1
    FROM jobs, nodes n, LATERAL (SELECT jobs.id * interval '1 s' AS ago) AS id_of
    WHERE jobs.state = 'done' AND n.name = 'history';
INSERT INTO discoveries (solution_id, puzzle_id, method, node)
    SELECT id, puzzle_id, method, node FROM solutions;
"""


def prepare(server_url: str, url: str, scale: Scale) -> None:
    """Make an empty database with the schema."""
    run_sql(server_url, f"CREATE DATABASE {scale.name}")
    migrate(url)


def populate(url: str, scale: Scale, puzzle: Puzzle) -> int:
    """Make up the scale's rows; gives the puzzle's number."""
    connection = connect(url)
    try:
        number = fill(connection, puzzle, scale.solutions)
        with transaction(connection) as cursor:
            params = json.dumps(dict(kind_named("anneal").complete({})))
            cursor.execute(JOBS, {"jobs": scale.jobs, "puzzle": number, "anneal": params})
    finally:
        connection.close()
    run_sql(url, "VACUUM ANALYZE")  # as autovacuum does within a minute
    return number
