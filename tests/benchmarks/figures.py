"""Every picture of the real puzzle, from a pool of ten thousand solutions."""

import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from permq.core.loading import load_puzzle
from permq.core.puzzle import Puzzle
from permq.errors import MissingDataError
from permq.figures.cost_matrix_heatmap import ONE_BLOCK, ROWS, scored
from permq.figures.figure import DEFAULTS
from permq.figures.gather import gather
from permq.figures.registry import figures_named
from permq.figures.render import picture
from permq.pool import migrate, puzzles, solutions
from permq.pool.connection import Connection, connect, transaction
from permq.pool.puzzles import PuzzleRow
from permq.pool.solutions import Found, check
from permq.search.solve.solver import solve
from tests.benchmarks.measure import tell, timed
from tests.servers import make_postgres

SOLUTIONS = 10_000
WHOLE_BOUND, MATRIX_BOUND = 60.0, 2.0  # s

# Costs are made up; arrangements are the answer with ever fewer neighbours exchanged.
FILL = """
INSERT INTO solutions (puzzle_id, hash, permutation, cost, exact, match, solved, method, node,
    found_at)
SELECT %(puzzle)s, encode(sha256(place::text::bytea), 'hex'), permutation::integer[],
    0.00001 * wrong * (1 + random()), false, false, false,
    (ARRAY['anneal', 'surgery', 'rotate', 'refine', 'lns'])[1 + place %% 5], 'node' || place %% 6,
    to_timestamp(1700000000 + 20 * place)
FROM unnest(%(drawn)s::text[], %(wrong)s::integer[]) WITH ORDINALITY
    AS drawn (permutation, wrong, place)
"""
WORK = """
WITH node AS (
    INSERT INTO nodes (name, host, pid, chipset, apple, arch, numeric_class, slots, speed, classes,
        version)
    SELECT 'node' || i, 'here', 1, 'test', false, 'arm64', 'test', 4, 100, '{heavy}', '0'
    FROM generate_series(0, 5) AS i RETURNING id
), submission AS (
    INSERT INTO submissions (command, base_seed) VALUES ('test', 1) RETURNING id
), job AS (
    INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, seed, state, code_version,
        node_id)
    SELECT submission.id, %(puzzle)s, (ARRAY['anneal', 'surgery', 'refine'])[1 + i %% 3], 'heavy',
        i, 'done', '0', node.id
    FROM submission, node, generate_series(1, 200) AS i RETURNING id, node_id, seed
)
INSERT INTO slices (job_id, slice, token, node_id, started_at, ended_at, steps)
SELECT job.id, s, 1, job.node_id, to_timestamp(1700000000 + 250 * job.seed + 25 * s),
    to_timestamp(1700000020 + 250 * job.seed + 25 * s), 2000
FROM job, generate_series(0, 7) AS s
"""


def run(folder: Path, quick: bool) -> None:
    """Print the processor time of each figure, of all together, and of the cost matrix."""
    count = SOLUTIONS // 10 if quick else SOLUTIONS
    puzzle = load_puzzle(folder)
    with tempfile.TemporaryDirectory() as place:
        server = make_postgres(Path(place))
        server.start()
        try:
            migrate.migrate(server.url)
            connection = connect(server.url)
            row = fill(connection, puzzle, count)
            print(f"figures: the real puzzle, {count:,} solutions")
            _, seconds = timed(lambda: scored(ONE_BLOCK, puzzle))
            networks = puzzle.blocks**2
            tell(f"cost matrix, {networks:,} networks, {ROWS} rows", seconds, MATRIX_BOUND, " s")
            whole, wall = drawn(connection, row)
            tell("all figures", whole, WHOLE_BOUND, " s")
            print(f"  all figures on the clock, with Postgres beside: {wall:.3g} s")
            connection.close()
        finally:
            server.stop()


def drawn(connection: Connection, row: PuzzleRow) -> tuple[float, float]:
    """Draw all figures as `permq figures` does; processor time and time on the clock."""
    whole, begin = 0.0, perf_counter()
    sources, seconds = timed(lambda: gather(connection, row, {"top": DEFAULTS["top"]}))
    whole += seconds
    for figure in figures_named([]):
        try:
            numbers, computing = timed(lambda figure=figure: figure.compute(sources))
        except MissingDataError as error:
            print(f"  {figure.name}: left out, {error}")
            continue
        files, drawing = timed(
            lambda figure=figure, numbers=numbers: picture(figure, numbers, row.label).files
        )
        size = sum(map(len, files.values())) / 1024
        print(f"  {figure.name}: {computing:.2f} + {drawing:.2f} s, {size:,.0f} KiB", flush=True)
        whole += computing + drawing
    return whole, perf_counter() - begin


def fill(connection: Connection, puzzle: Puzzle, count: int) -> PuzzleRow:
    """Make up solutions and work on a puzzle, and put its answer in."""
    rng = np.random.default_rng(0)
    answer = solve(puzzle).arrangement
    inp, out = puzzle.indices(answer)
    texts, wrong = [], []
    for place in range(count):
        exchanges = 1 + int(rng.integers(1 + 30 * (count - place) // count))
        order = np.arange(puzzle.blocks)
        for first in rng.integers(puzzle.blocks - 1, size=exchanges):
            order[[first, first + 1]] = order[[first + 1, first]]
        texts.append(f"{{{puzzle.arrangement(inp[order], out[order]).text}}}")
        wrong.append(exchanges)
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle)
        cursor.execute(FILL, {"puzzle": row.id, "drawn": texts, "wrong": wrong})
        cursor.execute(WORK, {"puzzle": row.id})
        solutions.record(cursor, row.id, [check(puzzle, Found(answer, "refine"))])
    return row
