"""Kinds that read the pool: cut anywhere, and what they leave in it."""

import pytest

from permq.errors import CheckpointError
from permq.history.training import TrainingRecord
from permq.jobs.kinds import KINDS
from permq.jobs.task import Task
from permq.pool import history, puzzles
from permq.pool.connection import transaction
from permq.pool.content import unpack
from permq.pool.solutions import record


def numbers(record):
    """All of a record; its archive also tells the time."""
    return {
        name: value if isinstance(value, tuple) else value.tolist()
        for name, value in vars(record).items()
    }


class Clock:
    """Says stop at every so many questions, or never."""

    def __init__(self, every=0):
        self.every, self.asked = every, 0

    def __call__(self):
        self.asked += 1
        return bool(self.every) and self.asked >= self.every


@pytest.fixture
def run(connection, stored):
    """Result and number of slices of a job that is cut at every so many questions."""
    with transaction(connection) as cursor:
        puzzle = unpack(puzzles.content(cursor, stored.id))

    def run(kind, every=0, **params):
        clock, job = Clock(every), KINDS[kind]
        task = Task(puzzle, job.complete(params), 5, stop=clock, pool=connection)
        state, slices = job.begin(task), 1
        while not job.advance(task, state):
            state, clock.asked = job.load(task, job.dump(task, state)), 0
            slices += 1
        return job.result(task, state), slices

    return run


def test_a_twin_that_is_cut_anywhere_leaves_the_record_of_one_go(run, connection, stored):
    results, records = [], []
    for every in (0, 1, 2):
        result, slices = run("twin", every, epochs=3, rows=20)
        assert (slices > 1) == bool(every)
        with transaction(connection) as cursor:
            recipe, content = history.twin(cursor, stored.id)
            assert history.training(cursor, stored.id) is None  # it is not the puzzle's own
        assert recipe["epochs"] == 3
        results.append(result)
        records.append(numbers(TrainingRecord.unpack(content)))
    assert results[0] == results[1] == results[2]
    assert records[0] == records[1] == records[2]
    assert results[0]["steps"] == KINDS["twin"].total({"epochs": 3}, stored.blocks)
    assert results[0]["emerged"]


def test_a_twin_that_is_to_be_left_does_nothing(connection, toy):
    left = Task(toy[0], KINDS["twin"].complete({}), 5, leave=lambda: True, pool=connection)
    state = KINDS["twin"].begin(left)
    assert not KINDS["twin"].advance(left, state)
    assert state.done == 0
    with pytest.raises(CheckpointError):
        KINDS["twin"].load(left, b"{}")


def test_a_stage_leaves_a_snapshot_only_where_it_brought_something(run, connection, stored, wrong):
    assert run("history", event="stage")[0]["snapshot"] is None  # an empty pool
    found = wrong(4)
    with transaction(connection) as cursor:
        record(cursor, stored.id, found[:2])
    first = run("history", event="stage")[0]["snapshot"]
    assert first is not None
    assert run("history", event="stage")[0]["snapshot"] is None
    with transaction(connection) as cursor:
        record(cursor, stored.id, found[2:])
    assert run("history", event="stage")[0]["snapshot"] > first
    assert run("history", event="request")[0]["snapshot"] > first + 1
