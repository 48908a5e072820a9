"""Whatever dies: every job ends once, and nothing that was found is lost."""

import os
import signal
from collections.abc import Iterator, Sequence

import pytest
import redis

from permq.faults import SLICE
from permq.fleet.messages import Message
from permq.fleet.producer import Letter, send, sender
from permq.pool import puzzles
from permq.pool.connection import transaction
from tests.nodes import Fleet, NodeProcess, step
from tests.servers import make_redis


@pytest.fixture(scope="module")
def shared(module_postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """One node for all that only kills its children; its Redis is its own."""
    broker = make_redis(tmp_path_factory.mktemp("redis-of-faults"))
    broker.start()
    made = Fleet(module_postgres_url, broker.url, tmp_path_factory.mktemp("faults") / "fleet")
    made.started("one", slots=2)
    made.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.2')")
    made.add_puzzle()
    yield made
    made.close()
    broker.stop()


def search(fleet: Fleet, seed: int, count: int = 1, steps: int = 2500) -> tuple[int, ...]:
    """Jobs of several slices that reach no target, so that all steps are made."""
    with transaction(fleet.connection) as cursor:
        row = puzzles.find(cursor)
    hot = {"accept": "threshold", "hot": 1e9, "cold": 1e9, "from": "random"}
    asked = step("anneal", count, perturbation=0, rows=64, steps=steps, **hot)
    return fleet.submit(asked, puzzle=row, seed=seed, keep_going=True, again=True).jobs


def outcome(fleet: Fleet, jobs: Sequence[int]) -> list[object]:
    return fleet.rows(
        "SELECT result ->> 'answer', result ->> 'mse', steps_done FROM jobs"
        " WHERE id = ANY(%s) ORDER BY id",
        list(jobs),
    )


def assert_slices_are_whole(fleet: Fleet) -> None:
    """Every slice of every job once, without gaps, and all steps counted once."""
    assert (
        fleet.rows(
            "SELECT j.id FROM jobs j JOIN slices s ON s.job_id = j.id"
            " GROUP BY j.id HAVING count(*) <> j.slice OR sum(s.steps) <> j.steps_done"
        )
        == []
    )
    assert (
        fleet.rows(
            "SELECT count(*) FROM discoveries GROUP BY job_id, slice, solution_id"
            " HAVING count(*) > 1"
        )
        == []
    )


@pytest.mark.parametrize("point", SLICE)
def test_a_process_killed_between_any_two_statements_changes_no_result(shared, point):
    calm = search(shared, seed=9)
    shared.until_ended(calm)
    (shared.faults / point).touch()
    struck = search(shared, seed=9)
    assert set(shared.until_ended(struck).values()) == {"done"}
    assert not (shared.faults / point).exists(), "the process was not killed there"
    assert outcome(shared, struck) == outcome(shared, calm)
    assert_slices_are_whole(shared)


def test_a_killed_child_loses_nothing_of_many_jobs(shared):
    jobs = search(shared, seed=20, count=4)
    (node,) = shared.nodes
    for _ in range(3):
        shared.until(lambda: bool(node.children()), "there is a child")
        for child in node.children():
            os.kill(child, signal.SIGKILL)
        ((slices,),) = shared.rows("SELECT count(*) FROM slices")
        shared.until(
            lambda before=slices: shared.rows("SELECT count(*) FROM slices")[0][0] > before,
            "work goes on",
        )
    assert set(shared.until_ended(jobs).values()) == {"done"}
    assert_slices_are_whole(shared)


def test_an_emptied_redis_costs_nothing_but_seconds(shared):
    jobs = search(shared, seed=30, count=6)
    broker = redis.Redis.from_url(shared.redis_url)
    for _ in range(3):
        broker.flushall()
        ((slices,),) = shared.rows("SELECT count(*) FROM slices")
        shared.until(
            lambda before=slices: shared.rows("SELECT count(*) FROM slices")[0][0] > before,
            "work goes on",
        )
    assert set(shared.until_ended(jobs).values()) == {"done"}
    assert_slices_are_whole(shared)


def test_messages_that_come_twice_or_late_do_nothing(shared):
    (job,) = search(shared, seed=40)
    shared.until_running(job)
    ((token,),) = shared.rows("SELECT token FROM jobs WHERE id = %s", job)
    for number in range(token + 1):
        letter = Letter("one", "anneal", Message(job, number), 0, "again", 0)
        send(sender(shared.redis_url), [letter] * 2)
    assert shared.until_ended([job]) == {job: "done"}
    assert_slices_are_whole(shared)


def test_a_killed_worker_that_is_started_again_takes_its_jobs_up_at_once(fleet):
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.2')")
    fleet.add_puzzle()
    node = fleet.started("one")
    jobs = search(fleet, seed=50, count=2)
    fleet.until(lambda: fleet.rows("SELECT count(*) > 1 FROM slices")[0][0], "slices are done")
    os.kill(node.pid, signal.SIGKILL)
    node.process.wait()
    node.start()
    assert set(fleet.until_ended(jobs).values()) == {"done"}
    assert_slices_are_whole(fleet)


def test_the_jobs_of_a_dead_node_go_on_elsewhere_from_their_checkpoints(fleet):
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.2')")
    fleet.add_puzzle()
    dying: NodeProcess = fleet.started("dying")
    jobs = search(fleet, seed=60, count=2)
    fleet.until(lambda: fleet.rows("SELECT count(*) > 1 FROM slices")[0][0], "slices are done")
    dying.kill()
    fleet.started("living")
    # a minute passes
    fleet.run("UPDATE nodes SET heartbeat = heartbeat - interval '1 min' WHERE name = 'dying'")
    fleet.run("UPDATE jobs SET lease_until = clock_timestamp() WHERE state = 'running'")
    assert set(fleet.until_ended(jobs).values()) == {"done"}
    assert_slices_are_whole(fleet)
    assert len(fleet.rows("SELECT DISTINCT node_id FROM slices")) == 2


def test_a_frozen_node_that_wakes_up_writes_nothing(fleet):
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '1')")
    fleet.add_puzzle()
    zombie = fleet.started("zombie")
    (job,) = search(fleet, seed=70)
    fleet.until_running(job)
    os.killpg(zombie.pid, signal.SIGSTOP)
    fleet.run("UPDATE nodes SET heartbeat = heartbeat - interval '1 min' WHERE name = 'zombie'")
    fleet.run("UPDATE jobs SET lease_until = clock_timestamp() WHERE state = 'running'")
    fleet.started("living")
    fleet.until(
        lambda: (
            fleet.rows("SELECT n.name FROM jobs j JOIN nodes n ON n.id = j.node_id")
            == [("living",)]
        ),
        "the job is with the living node",
    )
    os.killpg(zombie.pid, signal.SIGCONT)
    assert fleet.until_ended([job]) == {job: "done"}
    fleet.until(lambda: "its lease was lost" in zombie.told(), "the zombie hears of it")
    assert_slices_are_whole(fleet)


def test_redis_may_go_away_and_come_back(postgres_url, redis_server, tmp_path):
    fleet = Fleet(postgres_url, redis_server.url, tmp_path / "fleet")
    try:
        fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.2')")
        fleet.add_puzzle()
        node = fleet.started("one")
        jobs = search(fleet, seed=80, count=3)
        fleet.until(lambda: fleet.rows("SELECT count(*) > 0 FROM slices")[0][0], "it works")
        redis_server.kill()
        redis_server.start()
        assert set(fleet.until_ended(jobs).values()) == {"done"}
        assert_slices_are_whole(fleet)
        assert node.process.poll() is None
    finally:
        fleet.close()


def test_postgres_may_go_away_in_mid_search_and_what_was_found_is_delivered_once(
    postgres_server, redis_url, tmp_path
):
    fleet = Fleet(postgres_server.url, redis_url, tmp_path / "fleet")
    try:
        fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '2')")
        fleet.add_puzzle()
        node = fleet.started("one")
        (job,) = search(fleet, seed=90, steps=20_000)  # not over before Postgres is
        fleet.until_running(job)
        postgres_server.stop()
        spool = node.folder / "data" / "spool"
        fleet.until(lambda: bool(list(spool.glob("*.json"))), "its finds are in the spool")
        postgres_server.start()
        fleet.until(lambda: not list(spool.glob("*")), "the spool is delivered")
        ((found,),) = fleet.rows("SELECT count(*) FROM discoveries")
        assert found > 0
        fleet.run("UPDATE jobs SET lease_until = clock_timestamp() WHERE state = 'running'")
        assert fleet.until_ended([job]) == {job: "done"}
        assert_slices_are_whole(fleet)
        assert "Postgres went away" in node.told()
    finally:
        fleet.close()


def test_connections_that_postgres_cuts_cost_nothing(fleet):
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.2')")
    fleet.add_puzzle()
    fleet.started("one")
    jobs = search(fleet, seed=95, count=2)
    for _ in range(3):
        ((slices,),) = fleet.rows("SELECT count(*) FROM slices")
        fleet.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        fleet.until(
            lambda before=slices: fleet.rows("SELECT count(*) FROM slices")[0][0] > before,
            "work goes on",
        )
    assert set(fleet.until_ended(jobs).values()) == {"done"}
    assert_slices_are_whole(fleet)


def test_a_worker_that_starts_before_its_servers_waits_for_them(
    postgres_server, redis_server, tmp_path
):
    fleet = Fleet(postgres_server.url, redis_server.url, tmp_path / "fleet")
    try:
        postgres_server.stop()
        redis_server.stop()
        node = fleet.node("early")
        node.start()
        fleet.until(lambda: "Cannot connect to redis" in node.told(), "it misses Redis")
        redis_server.start()
        fleet.until(lambda: "trying until it answers" in node.told(), "it misses Postgres")
        postgres_server.start()
        fleet.await_node("early")
        assert node.process.poll() is None
        secrets = [
            url.partition("@")[0].rpartition(":")[2]
            for url in (fleet.postgres_url, fleet.redis_url)
        ]
        assert not [secret for secret in secrets if secret in node.told()]
    finally:
        fleet.close()


def test_a_subscription_that_breaks_does_not_make_a_worker_deaf(fleet):
    """Celery's loop would wait for ever in the middle of its one thread."""
    fleet.started("one")
    broker = redis.Redis.from_url(fleet.redis_url)
    for _ in range(3):
        fleet.until(lambda: bool(broker.client_list(_type="pubsub")), "it listens")
        broker.client_kill_filter(_type="pubsub")
        done = fleet.submit(step("noop"))
        assert fleet.until_ended(done.jobs) == {done.jobs[0]: "done"}
