"""Steps of a job are those of its slices, whatever a lost try told meanwhile."""

from permq.pool import assignments, claims, jobs, nodes, slices
from permq.pool.connection import transaction
from permq.pool.jobs import NewJob
from permq.pool.slices import SliceResult
from tests.integration.pool.test_jobs import NODE


def test_a_try_that_is_lost_does_not_count(connection):
    def claimed():
        with transaction(connection) as cursor:
            (row,) = assignments.nodes_with_room(cursor)
            (given,) = assignments.assign(cursor, [(job, row)])
            return claims.claim(cursor, job, given.token, node="one", pid=7, numeric_class="class")

    def end(claim, state, steps):
        with transaction(connection) as cursor:
            slices.finish(cursor, claim, SliceResult(state, steps_done=steps, seconds=1.0))

    with transaction(connection) as cursor:
        nodes.register(cursor, NODE)
        wanted = [NewJob("anneal", "light", {}, seed=1)]
        (job,) = jobs.insert(cursor, wanted, command="test", base_seed=1, code_version="0")[1]
    end(claimed(), "ready", 10)
    lost = claimed()
    with transaction(connection) as cursor:
        claims.renew(cursor, job, lost.token, steps=17)
        claims.release(cursor, [job], "its process was killed")
    again = claimed()
    assert again.steps_done == 10
    end(again, "done", 20)
    with transaction(connection) as cursor:
        cursor.execute(
            "SELECT steps_done, (SELECT array_agg(steps ORDER BY slice) FROM slices) FROM jobs"
        )
        assert cursor.fetchall() == [(20, [10, 10])]
