"""A pool with two nodes, a puzzle, and slices done by the test itself."""

import json
from dataclasses import dataclass

import pytest

from permq.core.arrangement import Arrangement
from permq.pool import puzzles
from permq.pool.connection import connect, transaction
from permq.pool.nodes import Registration, register
from permq.pool.solutions import Found, check, record
from tests.toys import toy_puzzle


@dataclass
class Pool:
    """The database behind an exporter."""

    url: str
    connection: object
    puzzle: object
    row: object
    answer: Arrangement

    def rows(self, query, *values):
        with transaction(self.connection) as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def node(self, name):
        registration = Registration(
            name=name,
            host="here",
            pid=1,
            chipset='Apple "M4"',
            apple=True,
            arch="arm64",
            gpu=None,
            numeric_class="test",
            slots=8,
            weight=1.0,
            speed=1500.0,
            classes=("heavy",),
            version="0",
        )
        with transaction(self.connection) as cursor:
            return register(cursor, registration)[0]

    def job(self, state, *, kind="anneal", node=None, rate=None, waited=0.0):
        ((submission,),) = self.rows(
            "INSERT INTO submissions (command, base_seed) VALUES ('test', 1) RETURNING id"
        )
        ((job,),) = self.rows(
            "INSERT INTO jobs (submission_id, puzzle_id, kind, work_class, params, seed, state,"
            " node_id, rate, code_version, ready_at) VALUES (%s, %s, %s, 'heavy', %s, 1, %s, %s,"
            " %s, '0', clock_timestamp() - %s * interval '1 s') RETURNING id",
            *(submission, self.row.id, kind, json.dumps({}), state, node, rate, waited),
        )
        return job

    def slice(self, job, number, node, *, steps=1000, ago=0.0):
        """A slice that ended some seconds ago."""
        self.rows(
            "INSERT INTO slices (job_id, slice, token, node_id, started_at, ended_at, steps)"
            " SELECT %s, %s, 1, %s, at, at, %s"
            " FROM (SELECT clock_timestamp() - %s * interval '1 s' AS at) AS time",
            *(job, number, node, steps, ago),
        )

    def find(self, order=None):
        """Put a solution into the pool: the answer, or its blocks in another order."""
        inputs, outputs = self.answer.inputs, self.answer.outputs
        order = range(len(inputs)) if order is None else order
        arrangement = Arrangement(
            tuple(inputs[block] for block in order),
            tuple(outputs[block] for block in order),
            self.answer.last,
        )
        checked = check(self.puzzle, Found(arrangement, "anneal"))
        with transaction(self.connection) as cursor:
            record(cursor, self.row.id, [checked], node="alpha")
        return checked.verification.mse


def open_pool(url):
    puzzle, answer = toy_puzzle(0)
    connection = connect(url)
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle)
    return Pool(url, connection, puzzle, row, answer)


@pytest.fixture
def pool(postgres_url):
    made = open_pool(postgres_url)
    yield made
    made.connection.close()
