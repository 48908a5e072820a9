"""A fleet without workers: real servers, registered nodes, and slices done by the test itself."""

import os
from dataclasses import dataclass

import pytest

from permq.core.arrangement import Arrangement
from permq.pool import claims, puzzles, slices
from permq.pool.connection import connect, transaction
from permq.pool.nodes import Registration, register
from permq.pool.slices import SliceResult
from permq.pool.solutions import Found, check, record
from tests.toys import toy_puzzle

NUMERIC = "x86-64 test"


@dataclass
class Fleet:
    """The pool as a worker would see it."""

    connection: object
    puzzle: object
    row: object
    answer: Arrangement

    def node(self, name, *, slots=2, speed=1000.0, apple=False, classes=("heavy", "light")):
        registration = Registration(
            name=name,
            host="here",
            pid=os.getpid(),
            chipset="Apple M4" if apple else "Intel Xeon",
            apple=apple,
            arch="arm64" if apple else "x86_64",
            gpu=None,
            numeric_class=NUMERIC,
            slots=slots,
            weight=1.0,
            speed=speed,
            classes=classes,
            version="0",
        )
        with transaction(self.connection) as cursor:
            return register(cursor, registration)

    def rows(self, query, *values):
        with transaction(self.connection) as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def claim(self, job):
        """Begin an assigned job."""
        ((token, node),) = self.rows(
            "SELECT j.token, n.name FROM jobs j JOIN nodes n ON n.id = j.node_id WHERE j.id = %s",
            job,
        )
        with transaction(self.connection) as cursor:
            claim = claims.claim(cursor, job, token, node=node, pid=1, numeric_class=NUMERIC)
        assert claim is not None
        return claim

    def renew(self, claim, steps, rate=100.0, current=0.5):
        with transaction(self.connection) as cursor:
            return claims.renew(
                cursor, claim.job, claim.token, steps=steps, current=current, rate=rate
            )

    def fail(self, claim, error="ValueError: wrong"):
        with transaction(self.connection) as cursor:
            claims.fail(cursor, claim.job, claim.token, error=error, reason=error, final=True)

    def finish(self, claim, *, state="done", steps=10, answer=None, result=None):
        """End a slice, with a solution where one is given."""
        best, row = None, None
        with transaction(self.connection) as cursor:
            if answer is not None:
                checked = check(self.puzzle, Found(answer, claim.kind))
                (row,) = record(
                    cursor,
                    self.row.id,
                    [checked],
                    node="alpha",
                    job_id=claim.job,
                    slice=claim.slice,
                )
                best = checked.verification.mse
            slices.finish(
                cursor,
                claim,
                SliceResult(state=state, steps_done=steps, seconds=1.5, rate=100.0, result=result),
                best=best,
                best_solution=row,
            )

    def arrangement(self, *order):
        """Blocks of the answer in another order."""
        answer = self.answer
        inputs = tuple(answer.inputs[block] for block in order)
        return Arrangement(inputs, tuple(answer.outputs[block] for block in order), answer.last)


@pytest.fixture
def servers(postgres_url, redis_url, monkeypatch, tmp_path):
    """Commands find the servers of the test."""
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("PERMQ_REDIS_URL", redis_url)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path / "data"))
    return postgres_url, redis_url


@pytest.fixture
def fleet(servers):
    """A pool with a puzzle of five blocks in it, and no nodes."""
    puzzle, answer = toy_puzzle(0)
    connection = connect(servers[0])
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle)
    yield Fleet(connection, puzzle, row, answer)
    connection.close()
