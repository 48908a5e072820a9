"""A child begins with its parents' answer, wherever their slices were cut."""

import threading

import pytest

from permq.pool import assignments, claims, jobs, nodes, slices
from permq.pool.connection import connect, transaction
from permq.pool.jobs import NewJob
from permq.pool.slices import SliceResult
from permq.pool.solutions import record
from tests.integration.pool.test_jobs import NODE


@pytest.fixture
def worked(connection, stored, wrong):
    """Let a parent end: the costlier solution is its answer, the better one came in between."""
    better, costlier = sorted(wrong(2), key=lambda one: one.verification.mse)
    with transaction(connection) as cursor:
        nodes.register(cursor, NODE)

    def do(job: int, *, answers: bool = True) -> tuple[int, int]:
        with transaction(connection) as cursor:
            (row,) = assignments.nodes_with_room(cursor)
            (given,) = assignments.assign(cursor, [(job, row)])
            claim = claims.claim(cursor, job, given.token, node="one", pid=7, numeric_class="class")
            ids = record(cursor, stored.id, [better, costlier], job_id=job, slice=0)
            result = {"answer": costlier.arrangement.text} if answers else {"facts": 1}
            end = SliceResult("done", steps_done=5, seconds=1.0, result=result)
            cost = better.verification.mse
            slices.finish(cursor, claim, end, best=cost, best_solution=ids[0])
        return ids[0], ids[1]

    return do


@pytest.fixture
def chained(connection, stored):
    def put(parents: int) -> list[int]:
        above = [NewJob("anneal", "heavy", {}, seed=1, puzzle_id=stored.id)] * parents
        below = NewJob(
            "refine",
            "heavy",
            {},
            seed=1,
            puzzle_id=stored.id,
            parents=tuple(range(parents)),
            join_mode="best" if parents > 1 else None,
        )
        with transaction(connection) as cursor:
            return jobs.insert(
                cursor, [*above, below], command="test", base_seed=1, code_version="0"
            )[1]

    return put


def handed(connection, job):
    with transaction(connection) as cursor:
        cursor.execute("SELECT state, parent_solution_id FROM jobs WHERE id = %s", (job,))
        return cursor.fetchone()


def test_the_answer_is_handed_down_not_what_was_better_in_between(connection, chained, worked):
    parent, child = chained(1)
    _, answer = worked(parent)
    assert handed(connection, child) == ("ready", answer)


def test_the_best_stands_in_where_the_result_has_no_answer(connection, chained, worked):
    parent, child = chained(1)
    best, _ = worked(parent, answers=False)
    assert handed(connection, child) == ("ready", best)


def test_a_join_compares_what_is_handed_down(connection, chained, worked):
    first, second, child = chained(2)
    worked(first)
    best, _ = worked(second, answers=False)
    assert handed(connection, child) == ("ready", best)


def test_of_two_parents_that_end_at_once_the_second_readies_the_child(
    connection, chained, stored, postgres_url
):
    """Neither sees the end of the other before it is committed."""
    first, second, child = chained(2)
    with transaction(connection) as cursor:
        cursor.execute("UPDATE jobs SET state = 'running' WHERE id = ANY(%s)", ([first, second],))

    def end(cursor, job):
        cursor.execute("UPDATE jobs SET state = 'done' WHERE id = %s", (job,))
        jobs.settle_children(cursor, [job])

    def end_second():
        other = connect(postgres_url)
        with transaction(other) as cursor:
            end(cursor, second)
        other.close()

    watch = connect(postgres_url)
    thread = threading.Thread(target=end_second)
    with transaction(connection) as cursor:
        end(cursor, first)
        thread.start()
        while thread.is_alive():
            with transaction(watch) as looking:
                looking.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if looking.fetchone() != (0,):
                    break
    thread.join()
    watch.close()
    assert handed(connection, child)[0] == "ready"
