"""The shipped example in a pool: its answer, wrong solutions, and what nodes did."""

from dataclasses import dataclass

import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.core.puzzle import Puzzle
from permq.pool import puzzles, solutions
from permq.pool.connection import Connection, connect, transaction
from permq.pool.puzzles import PuzzleRow
from permq.pool.solutions import Found, check
from tests.puzzle_files import SMALL

WRONG = 14

SUBMISSION = "INSERT INTO submissions (command, base_seed) VALUES ('test', 1) RETURNING id"
NODE = """
INSERT INTO nodes (name, host, pid, chipset, apple, arch, numeric_class, slots, speed, classes,
    version)
VALUES (%s, 'here', 1, 'Apple M4', true, 'arm64', 'test', 2, 300, '{heavy}', '0') RETURNING id
"""
JOB = """
INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, seed, state, code_version, node_id)
VALUES (%s, %s, %s, 'heavy', 1, 'done', '0', %s) RETURNING id
"""
SLICE = """
INSERT INTO slices (job_id, slice, token, node_id, started_at, ended_at, steps)
VALUES (%s, %s, 1, %s, to_timestamp(%s), to_timestamp(%s), %s)
"""


@dataclass(frozen=True)
class Filled:
    """A pool with something in it."""

    connection: Connection
    row: PuzzleRow
    puzzle: Puzzle
    answer: Arrangement


def one(cursor, sql, *values):
    cursor.execute(sql, values)
    return cursor.fetchone()[0]


def fill(connection, row, puzzle, answer):
    """Wrong solutions by several methods and nodes, each with a parent, then the answer."""
    inp, out = puzzle.indices(answer)
    rng, parent = np.random.default_rng(0), None
    for number in range(WRONG):
        order = np.arange(puzzle.blocks)
        for _ in range(1 + number % 4):
            place = rng.integers(puzzle.blocks - 1)
            order[[place, place + 1]] = order[[place + 1, place]]
        found = Found(puzzle.arrangement(inp[order], out[order]), ("anneal", "surgery")[number % 2])
        with transaction(connection) as cursor:
            node = ("one", "two", None)[number % 3]
            checked = [check(puzzle, found)]
            (parent,) = solutions.record(cursor, row.id, checked, node=node, parent_id=parent)
    with transaction(connection) as cursor:
        checked = [check(puzzle, Found(answer, "refine"))]
        solutions.record(cursor, row.id, checked, node="one", parent_id=parent)
        submission = one(cursor, SUBMISSION)
        for node, speed in (("one", 300), ("two", 100)):
            number = one(cursor, NODE, node)
            for kind, begin in (("anneal", 0), ("surgery", 400)):
                job = one(cursor, JOB, submission, row.id, kind, number)
                for place in range(3):
                    start = 1.7e9 + begin + 100 * place
                    cursor.execute(SLICE, (job, place, number, start, start + 90, 90 * speed))


@pytest.fixture(scope="module")
def filled(module_postgres_url):
    connection = connect(module_postgres_url)
    puzzle, answer = load_puzzle(SMALL), Arrangement.read(SMALL / "answer.txt")
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle)
    fill(connection, row, puzzle, answer)
    yield Filled(connection, row, puzzle, answer)
    connection.close()
