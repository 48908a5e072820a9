"""Jobs as rows: chains, joins, cancelling, pausing, taking up again."""

from collections.abc import Callable

import pytest

from permq.pool import assignments, claims, holdings, jobs, nodes, slices
from permq.pool.connection import Connection, Cursor, transaction
from permq.pool.jobs import NewJob
from permq.pool.nodes import Registration
from permq.pool.slices import SliceResult

NODE = Registration(
    name="one",
    host="here",
    pid=1,
    chipset="test",
    apple=False,
    arch="x86_64",
    gpu=None,
    numeric_class="class",
    slots=4,
    weight=1.0,
    speed=100.0,
    classes=("heavy", "light"),
    version="0",
)


def new(kind: str = "noop", **facts) -> NewJob:
    return NewJob(kind, "light", {}, seed=1, **facts)


@pytest.fixture
def put(connection: Connection) -> Callable[..., list[int]]:
    def put(*wanted: NewJob) -> list[int]:
        with transaction(connection) as cursor:
            return jobs.insert(cursor, wanted, command="test", base_seed=1, code_version="0")[1]

    return put


@pytest.fixture
def work(connection: Connection) -> Callable[..., claims.Claim]:
    """Assign a job to node `one` and claim it."""
    with transaction(connection) as cursor:
        nodes.register(cursor, NODE)

    def work(job: int) -> claims.Claim:
        with transaction(connection) as cursor:
            (row,) = assignments.nodes_with_room(cursor)
            (given,) = assignments.assign(cursor, [(job, row)])
            claim = claims.claim(cursor, job, given.token, node="one", pid=7, numeric_class="class")
        assert claim is not None
        return claim

    return work


def states(connection: Connection) -> dict[int, str]:
    with transaction(connection) as cursor:
        cursor.execute("SELECT id, state FROM jobs")
        return dict(cursor.fetchall())


def end(connection: Connection, claim: claims.Claim, state: str = "done", **facts) -> None:
    with transaction(connection) as cursor:
        slices.finish(cursor, claim, SliceResult(state, steps_done=5, seconds=1.0, **facts))


def backlog(cursor: Cursor) -> list[int]:
    return [row.id for row in assignments.backlog(cursor, heavy=10, others=10)]


def counted(cursor: Cursor, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    ((count,),) = cursor.fetchall()
    return int(count)


def test_a_child_waits_for_its_parent_and_is_ready_when_it_ends(connection, put, work):
    parent, child = put(new(), new(parents=(0,)))
    assert states(connection) == {parent: "ready", child: "waiting"}
    end(connection, work(parent))
    assert states(connection) == {parent: "done", child: "ready"}


def test_a_child_goes_on_waiting_while_its_parent_goes_on(connection, put, work):
    parent, child = put(new(), new(parents=(0,)))
    end(connection, work(parent), "ready", checkpoint=b"half")
    assert states(connection) == {parent: "ready", child: "waiting"}


def test_the_children_of_a_failed_job_are_blocked_and_told_why_down_the_chain(
    connection, put, work
):
    parent, child, grandchild = put(new(), new(parents=(0,)), new(parents=(1,)))
    claim = work(parent)
    with transaction(connection) as cursor:
        state = claims.fail(cursor, parent, claim.token, error="boom", reason="boom", final=True)
        jobs.settle_children(cursor, [parent])
    assert state == "failed"
    assert states(connection) == {parent: "failed", child: "blocked", grandchild: "blocked"}
    with transaction(connection) as cursor:
        cursor.execute("SELECT reason FROM jobs WHERE id = %s", (child,))
        assert cursor.fetchall() == [
            (f"its parent, job {parent} (noop failed), brought no result",)
        ]


def test_a_join_takes_what_succeeded_and_begins_when_all_have_ended(connection, put, work):
    good, bad, child = put(new(), new(), new(parents=(0, 1), join_mode="best"))
    end(connection, work(good))
    assert states(connection)[child] == "waiting"
    with transaction(connection) as cursor:
        jobs.cancel(cursor, [bad])
    assert states(connection)[child] == "ready"


def test_a_join_of_nothing_but_failures_is_blocked(connection, put):
    one, other, child = put(new(), new(), new(parents=(0, 1), join_mode="best"))
    with transaction(connection) as cursor:
        jobs.cancel(cursor, [one, other])
    assert states(connection)[child] == "blocked"


def test_taking_up_a_failed_job_lets_its_descendants_wait_again(connection, put):
    parent, child, grandchild = put(new(), new(parents=(0,)), new(parents=(1,)))
    with transaction(connection) as cursor:
        jobs.cancel(cursor, [parent])
        assert jobs.retry(cursor, [parent]) == {
            parent: "ready",
            child: "waiting",
            grandchild: "waiting",
        }


def test_cancelling_a_running_job_is_an_order_and_others_end_at_once(connection, put, work):
    running, ready = put(new(), new())
    claim = work(running)
    with transaction(connection) as cursor:
        assert jobs.cancel(cursor, [running, ready]) == {running: "running", ready: "cancelled"}
        assert claims.renew(cursor, running, claim.token).cancel


def test_a_paused_job_is_in_no_backlog_until_it_is_resumed(connection, put):
    (job,) = put(new())
    with transaction(connection) as cursor:
        jobs.pause(cursor, [job])
        assert backlog(cursor) == []
        jobs.resume(cursor, [job])
        assert backlog(cursor) == [job]


def test_pausing_what_is_assigned_voids_its_message(connection, put, work):
    (job,) = put(new())
    with transaction(connection) as cursor:
        (row,) = assignments.nodes_with_room(cursor)
        (given,) = assignments.assign(cursor, [(job, row)])
        jobs.pause(cursor, [job])
        assert (
            claims.claim(cursor, job, given.token, node="one", pid=7, numeric_class="class") is None
        )


def test_the_urgent_goes_first_in_its_lane(connection, put, work):
    first, begun, urgent = put(new(), new(), new(priority=0))
    end(connection, work(begun), "ready", checkpoint=b"half")
    with transaction(connection) as cursor:
        rows = assignments.backlog(cursor, heavy=10, others=10)
    # what was begun has a lane of its own, and `permq.fleet.dispatch` the order among lanes
    assert [row.id for row in rows if not row.started] == [urgent, first]
    assert [row.id for row in rows if row.started] == [begun]


def test_a_message_is_good_for_one_claim(connection, put, work):
    (job,) = put(new())
    claim = work(job)
    with transaction(connection) as cursor:
        assert (
            claims.claim(cursor, job, claim.token, node="one", pid=8, numeric_class="class") is None
        )


def test_a_claim_of_another_node_is_void(connection, put, work):
    (job,) = put(new())
    with transaction(connection) as cursor:
        (row,) = assignments.nodes_with_room(cursor)
        (given,) = assignments.assign(cursor, [(job, row)])
        assert (
            claims.claim(cursor, job, given.token, node="two", pid=8, numeric_class="class") is None
        )


def test_a_message_about_no_job_is_an_error(connection):
    with (
        pytest.raises(claims.UnknownJobError, match="no job 5"),
        transaction(connection) as cursor,
    ):
        claims.claim(cursor, 5, 1, node="one", pid=8, numeric_class="class")


def test_a_zombie_writes_nothing(connection, put, work):
    (job,) = put(new())
    zombie = work(job)
    with transaction(connection) as cursor:
        assert claims.release(cursor, [job], "its lease ran out") == {job: "ready"}
    successor = work(job)
    with pytest.raises(claims.LeaseLostError):
        end(connection, zombie, checkpoint=b"stale")
    end(connection, successor)
    with transaction(connection) as cursor:
        assert counted(cursor, "slices") == 1
        with pytest.raises(claims.LeaseLostError):
            claims.renew(cursor, job, zombie.token)


def test_a_job_that_kills_its_process_again_and_again_is_given_up(connection, put, work):
    (job,) = put(new())
    for _ in range(4):
        work(job)
        with transaction(connection) as cursor:
            assert claims.release(cursor, [job], "its process was killed") == {job: "ready"}
    work(job)
    with transaction(connection) as cursor:
        assert claims.release(cursor, [job], "its process was killed") == {job: "failed"}
        cursor.execute("SELECT error FROM jobs")
        assert cursor.fetchall() == [
            ("lost 5 times in slice 0, the last time on node one: its process was killed",)
        ]


def test_a_lease_that_ran_out_is_found_by_postgres_clock(connection, put, work):
    (job,) = put(new())
    work(job)
    with transaction(connection) as cursor:
        assert claims.lost(cursor) == []
        cursor.execute("UPDATE jobs SET lease_until = clock_timestamp() - interval '1 s'")
        assert claims.lost(cursor) == [job]


def test_what_a_dead_node_was_given_is_found(connection, put, work):
    (job,) = put(new())
    with transaction(connection) as cursor:
        (row,) = assignments.nodes_with_room(cursor)
        assignments.assign(cursor, [(job, row)])
        assert claims.lost(cursor) == []
        cursor.execute("UPDATE nodes SET heartbeat = clock_timestamp() - interval '61 s'")
        assert claims.lost(cursor) == [job]


def test_a_node_that_starts_anew_loses_what_it_held(connection, put, work):
    (job,) = put(new())
    work(job)
    with transaction(connection) as cursor:
        row, incarnation = nodes.register(cursor, NODE)
        assert incarnation == 2
        assert holdings.held_before(cursor, row, incarnation) == [job]


def test_a_silent_node_gets_nothing_and_a_dead_one_is_not_seen(connection, work):
    with transaction(connection) as cursor:
        cursor.execute("UPDATE nodes SET heartbeat = clock_timestamp() - interval '31 s'")
        assert [row.state for row in assignments.nodes_with_room(cursor)] == ["suspect"]
        cursor.execute("UPDATE nodes SET heartbeat = clock_timestamp() - interval '61 s'")
        assert assignments.nodes_with_room(cursor) == []


def test_going_on_in_another_numeric_class_is_written_down(connection, put, work):
    (job,) = put(new())
    end(connection, work(job), "ready", checkpoint=b"half")
    with transaction(connection) as cursor:
        (row,) = assignments.nodes_with_room(cursor)
        (given,) = assignments.assign(cursor, [(job, row)])
        claims.claim(cursor, job, given.token, node="one", pid=7, numeric_class="other")
        cursor.execute("SELECT moved, numeric_class FROM jobs")
        assert cursor.fetchall() == [(True, "class")]


def test_the_checkpoint_of_the_last_slice_is_kept_and_goes_with_the_job(connection, put, work):
    (job,) = put(new())
    end(connection, work(job), "ready", checkpoint=b"half")
    with transaction(connection) as cursor:
        assert claims.checkpoint(cursor, job) == b"half"
    end(connection, work(job))
    with transaction(connection) as cursor:
        assert claims.checkpoint(cursor, job) is None
        assert counted(cursor, "slices") == 2


def test_a_node_sees_what_it_holds_and_who_works_on_it(connection, put, work):
    running, waiting = put(new(), new())
    work(running)
    with transaction(connection) as cursor:
        (row,) = assignments.nodes_with_room(cursor)
        (given,) = assignments.assign(cursor, [(waiting, row)])
        cursor.execute("UPDATE jobs SET assigned_at = assigned_at - interval '10 s'")
        first, second = holdings.held(cursor, "one")
    assert (first.job.id, first.pid) == (running, 7)
    assert (second.job, second.pid) == (given, None)
    assert second.waited >= 10


def test_the_end_of_a_search_calls_off_what_has_not_begun(connection, put, work, stored):
    heavy = NewJob("anneal", "heavy", {}, seed=1, puzzle_id=stored.id)
    stubborn = NewJob("anneal", "heavy", {}, seed=1, puzzle_id=stored.id, keep_going=True)
    running, queued, kept = put(heavy, heavy, stubborn)
    claim = work(running)
    with transaction(connection) as cursor:
        cursor.execute("UPDATE puzzles SET solved_at = now()")
        jobs.end_searches(cursor, stored.id, None, "solved")
        assert claims.renew(cursor, running, claim.token).solved
    assert states(connection) == {running: "running", queued: "cancelled", kept: "ready"}


def test_a_cancel_that_comes_when_the_slice_is_being_written_still_ends_the_job(
    connection, put, work
):
    parent, child = put(new(), new(parents=(0,)))
    claim = work(parent)
    with transaction(connection) as cursor:
        jobs.cancel(cursor, [parent])
    end(connection, claim, "ready", checkpoint=b"half")
    assert states(connection) == {parent: "cancelled", child: "blocked"}
    with transaction(connection) as cursor:
        assert claims.checkpoint(cursor, parent) is None
        cursor.execute("SELECT reason, ended_at IS NOT NULL FROM jobs WHERE id = %s", (parent,))
        assert cursor.fetchall() == [("cancelled", True)]
