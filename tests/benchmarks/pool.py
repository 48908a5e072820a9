"""A pool of a million solutions: its best, its top, and what a job begins with."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from permq.core.loading import load_puzzle
from permq.core.puzzle import Puzzle
from permq.pool import migrate, puzzles, seeding, solutions
from permq.pool.connection import Connection, connect, transaction
from permq.pool.elites import elites
from tests.benchmarks.measure import tell
from tests.servers import make_postgres

BOUND = 20.0  # ms
SOLUTIONS = 1_000_000
ELITE = seeding.Shares(random=0.0, score=0.0, elite=1.0)

# Costs and hashes are made up; arrangements are a thousand drawn ones again and again.
FILL = """
INSERT INTO solutions (puzzle_id, hash, permutation, cost, exact, match, solved, method, node)
SELECT %(puzzle)s, encode(sha256(i::text::bytea), 'hex'), drawn.permutation::integer[],
    0.001 + 0.2 * power(random(), 3), false, false, false, 'anneal', 'node' || i %% 6
FROM generate_series(1, %(count)s) AS i
JOIN unnest(%(drawn)s) WITH ORDINALITY AS drawn (permutation, place)
    ON drawn.place = 1 + i %% cardinality(%(drawn)s)
"""


def run(folder: Path, quick: bool) -> None:
    """Print the time of each query, from the call to the rows in Python."""
    count = SOLUTIONS // 10 if quick else SOLUTIONS
    puzzle = load_puzzle(folder)
    with tempfile.TemporaryDirectory() as place:
        server = make_postgres(Path(place))
        server.start()
        try:
            migrate.migrate(server.url)
            connection = connect(server.url)
            number = fill(connection, puzzle, count)
            print(f"pool: {count:,} solutions of the real puzzle")
            for name, work in queries(number).items():
                tell(name, 1e3 * typical(connection, work), BOUND, " ms")
            connection.close()
        finally:
            server.stop()


def queries(puzzle_id: int) -> dict[str, Callable[..., object]]:
    """What commands and jobs ask the pool, by name."""
    return {
        "best": lambda cursor: solutions.best(cursor, puzzle_id),
        "top 10": lambda cursor: solutions.top(cursor, puzzle_id, 10),
        "top 100": lambda cursor: solutions.top(cursor, puzzle_id, 100),
        "elites": lambda cursor: elites(cursor, puzzle_id, count=20, distance=0.1),
        "draw of a job's seed": lambda cursor: seeding.draw(cursor, puzzle_id, 7, shares=ELITE),
    }


def fill(connection: Connection, puzzle: Puzzle, count: int) -> int:
    """Make up solutions of a puzzle; returns its number."""
    rng = np.random.default_rng(0)
    drawn = [
        puzzle.arrangement(rng.permutation(puzzle.blocks), rng.permutation(puzzle.blocks)).text
        for _ in range(1000)
    ]
    with transaction(connection) as cursor:
        number = puzzles.add(cursor, puzzle).id
        given = {"puzzle": number, "count": count, "drawn": [f"{{{text}}}" for text in drawn]}
        cursor.execute(FILL, given)
    # as autovacuum does within a minute
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE solutions")
    connection.autocommit = False
    return number


def typical(connection: Connection, work: Callable[..., object], rounds: int = 15) -> float:
    """Median seconds of a query in a transaction of its own."""
    times = []
    for _ in range(rounds):
        begin = perf_counter()
        with transaction(connection) as cursor:
            work(cursor)
        times.append(perf_counter() - begin)
    return median(times)
