"""Too much of anything is refused in one clear sentence, and nothing is left half done."""

from dataclasses import replace

import pytest

from permq.errors import OptionError, PoolError
from permq.jobs import submission
from permq.jobs.kinds import kind_named
from permq.jobs.submission import Order, Step, plan, submit
from permq.pool import artifacts, assignments, claims, jobs, nodes, puzzles, slices
from permq.pool.artifacts import Artifact
from permq.pool.connection import transaction
from permq.pool.jobs import NewJob
from permq.pool.queries import load
from permq.pool.slices import SliceResult
from permq.pool.solutions import record
from tests.integration.pool.test_jobs import NODE


@pytest.fixture
def claimed(connection, stored):
    """A job that is being worked on."""
    one = NewJob("anneal", "heavy", {}, seed=1, puzzle_id=stored.id)
    with transaction(connection) as cursor:
        nodes.register(cursor, NODE)
        _, ids = jobs.insert(
            cursor,
            [one, replace(one, parents=(0,))],
            command="",
            base_seed=1,
            code_version="0",
        )
        (row,) = assignments.nodes_with_room(cursor)
        (given,) = assignments.assign(cursor, [(ids[0], row)])
        return claims.claim(cursor, ids[0], given.token, node="one", pid=7, numeric_class="class")


def column(connection, query: str) -> list:
    with transaction(connection) as cursor:
        cursor.execute(query)
        return [value for (value,) in cursor.fetchall()]


def noop(count: int = 1) -> Order:
    return Order((Step("noop", kind_named("noop").complete({}), count),))


def test_a_backlog_that_would_be_too_long_is_refused_whole(connection, monkeypatch):
    monkeypatch.setattr(submission, "MAX_BACKLOG", 5)
    submit(connection, noop(4))
    with pytest.raises(OptionError, match="backlog would exceed 5 jobs; wait, or cancel"):
        submit(connection, noop(2))
    assert column(connection, "SELECT count(*) FROM jobs") == [4]
    submit(connection, noop(1))


def test_what_has_ended_is_no_backlog(connection, monkeypatch):
    monkeypatch.setattr(submission, "MAX_BACKLOG", 5)
    done = submit(connection, noop(5))
    with transaction(connection) as cursor:
        jobs.cancel(cursor, done.jobs)
    submit(connection, noop(5))


@pytest.mark.parametrize("count", [0, submission.MAX_COUNT + 1])
def test_a_count_beyond_what_is_allowed_is_refused(count):
    with pytest.raises(OptionError, match="between 1 and 100,000 jobs at once"):
        plan(noop(count), 1)


def test_parameters_that_are_too_large_are_refused():
    params = {**kind_named("noop").complete({}), "more": "x" * submission.MAX_PARAMETERS}
    with pytest.raises(OptionError, match="parameters of noop take 65,"):
        plan(Order((Step("noop", params),)), 1)


def test_a_puzzle_that_is_too_large_is_refused(connection, toy, monkeypatch):
    monkeypatch.setattr(puzzles, "MAX_BYTES", 1000)
    with (
        pytest.raises(OptionError, match="at most 1,000, as every node loads it"),
        transaction(connection) as cursor,
    ):
        puzzles.add(cursor, toy[0])
    assert column(connection, "SELECT count(*) FROM puzzles") == [0]


def test_more_nodes_than_are_allowed_are_refused_and_known_ones_come_back(connection, monkeypatch):
    monkeypatch.setattr(nodes, "MAX_NODES", 2)
    with transaction(connection) as cursor:
        for name in ("one", "two"):
            nodes.register(cursor, replace(NODE, name=name))
    with (
        pytest.raises(PoolError, match="there are 2 nodes already: end some"),
        transaction(connection) as cursor,
    ):
        nodes.register(cursor, replace(NODE, name="three"))
    with transaction(connection) as cursor:
        assert nodes.register(cursor, replace(NODE, name="two"))[1] == 2
        nodes.leave(cursor, "two", 2)
        nodes.register(cursor, replace(NODE, name="three"))


@pytest.mark.parametrize("what", ["state", "result"])
def test_a_job_whose_state_or_result_is_too_large_fails_and_keeps_what_it_found(
    connection, stored, wrong, claimed, what, monkeypatch
):
    monkeypatch.setattr(slices, "MAX_CHECKPOINT", 10)
    monkeypatch.setattr(slices, "MAX_RESULT", 20)
    ends = {
        "state": SliceResult("ready", steps_done=5, seconds=1.0, checkpoint=b"x" * 11),
        "result": SliceResult("done", steps_done=5, seconds=1.0, result={"answer": "x" * 30}),
    }
    with transaction(connection) as cursor:
        record(cursor, stored.id, wrong(2), job_id=claimed.job, slice=0)
        slices.finish(cursor, claimed, ends[what])
    told = f"its {what} takes"
    assert column(connection, "SELECT state FROM jobs ORDER BY id") == ["failed", "blocked"]
    assert column(connection, "SELECT error FROM jobs ORDER BY id")[0].startswith(told)
    assert column(connection, "SELECT count(*) FROM solutions") == [2]
    assert column(connection, "SELECT count(*) FROM checkpoints") == [0]


def test_a_file_that_is_too_large_is_refused(connection, claimed, monkeypatch):
    monkeypatch.setattr(artifacts, "MAX_CONTENT", 10)
    with (
        pytest.raises(OptionError, match="big takes 11 bytes; at most 10"),
        transaction(connection) as cursor,
    ):
        artifacts.store(cursor, claimed.job, Artifact("big", "image/png", b"x" * 11))


def test_an_endless_error_is_cut(connection, claimed):
    with transaction(connection) as cursor:
        claims.fail(cursor, claimed.job, claimed.token, error="x" * 10**6, reason="y", final=True)
        jobs.log(cursor, "z" * 10**6)
    assert column(connection, "SELECT length(error) FROM jobs WHERE state = 'failed'") == [4_000]
    assert column(connection, "SELECT length(message) FROM logs") == [4_000]


def test_the_newest_dead_letters_are_kept_and_all_are_counted(connection):
    with transaction(connection) as cursor:
        cursor.execute(
            "INSERT INTO dead_letters (reason, body) "
            "SELECT 'no job', number::text FROM generate_series(1, 10050) AS number"
        )
        cursor.execute("SELECT count(*), min(body::int) FROM dead_letters")
        assert cursor.fetchall() == [(10_000, 51)]
        cursor.execute(load("metrics")["dead_letters"])
        assert cursor.fetchall() == [(10_050,)]
