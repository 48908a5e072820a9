"""A backup of a fleet at work, and fleets that go on from it."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import redis

from permq.pool import backup
from permq.pool.connection import ContentionError, connect
from tests.nodes import Fleet, step
from tests.servers import make_redis

# so that a node that was signed off says so within a second
TIMES = "lease=4,renewal=0.5,beat=1,suspect=3,dead=6,unheard=1,patience=3"
SEARCHES = {"steps": 5000, "accept": "threshold", "hot": 1e9, "cold": 1e9, "from": "random"}


def submit(fleet: Fleet) -> tuple[int, ...]:
    """Searches of several slices, each followed by a short one."""
    puzzle = fleet.add_puzzle()
    asked = (step("anneal", 4, perturbation=0, rows=64, **SEARCHES), step("refine", steps=1))
    return fleet.submit(*asked, puzzle=puzzle, seed=7, keep_going=True, again=True).jobs


def outcome(fleet: Fleet, jobs: tuple[int, ...]) -> list[object]:
    assert set(fleet.until_ended(jobs).values()) == {"done"}
    return fleet.rows(
        "SELECT result ->> 'answer', result ->> 'mse', steps_done FROM jobs"
        " WHERE id = ANY(%s) ORDER BY id",
        list(jobs),
    )


def assert_nothing_lost_or_doubled(fleet: Fleet, before: list[object]) -> None:
    whole = (
        "SELECT j.id FROM jobs j LEFT JOIN slices s ON s.job_id = j.id GROUP BY j.id"
        " HAVING count(s.*) <> j.slice OR coalesce(sum(s.steps), 0) <> j.steps_done"
    )
    twice = "SELECT job_id FROM discoveries GROUP BY job_id, slice, solution_id HAVING count(*) > 1"
    assert (fleet.rows(whole), fleet.rows(twice)) == ([], [])
    assert set(before) <= set(fleet.rows("SELECT id, hash FROM solutions"))


@pytest.fixture(scope="module")
def working(
    module_postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    """A fleet, jobs that were at work when it was saved, and what they come to undisturbed."""
    broker = make_redis(tmp_path_factory.mktemp("redis"))
    broker.start()
    fleet = Fleet(module_postgres_url, broker.url, tmp_path_factory.mktemp("nodes") / "fleet")
    try:
        fleet.run(
            "INSERT INTO settings (key, value)"
            " VALUES ('slice.seconds', '0.2'), ('history.seconds', '0')"
        )
        fleet.started("one", slots=2, PERMQ_TIMES=TIMES)
        calm = outcome(fleet, submit(fleet))
        jobs = submit(fleet)
        fleet.until(lambda: at_work(fleet, jobs) == 2, "two have checkpoints and run")
        solutions = fleet.rows("SELECT id, hash FROM solutions")
        path = tmp_path_factory.mktemp("saved") / "pool.backup"
        connection = fleet.connection
        backup.save(connection, path)
        connection.close()
        yield SimpleNamespace(fleet=fleet, jobs=jobs, calm=calm, solutions=solutions, path=path)
    finally:
        fleet.close()
        broker.stop()


def at_work(fleet: Fleet, jobs: tuple[int, ...]) -> int:
    """Jobs that run and have a checkpoint."""
    states = "SELECT count(*) FROM jobs WHERE id = ANY(%s) AND state = 'running' AND slice > 0"
    return fleet.rows(states, list(jobs))[0][0]


def test_an_empty_database_and_an_empty_redis_go_on_to_the_same_end(
    working, empty_postgres_url, redis_url, tmp_path
):
    connection = connect(empty_postgres_url)
    backup.restore(connection, working.path)
    connection.close()
    fleet = Fleet(empty_postgres_url, redis_url, tmp_path / "other")
    try:
        ((begun,),) = fleet.rows("SELECT count(*) FROM jobs WHERE state = 'ready' AND slice > 0")
        assert begun > 0
        fleet.started("two", slots=2)
        assert outcome(fleet, working.jobs) == working.calm
        assert_nothing_lost_or_doubled(fleet, working.solutions)
    finally:
        fleet.close()


def test_a_fleet_whose_database_is_replaced_under_it_goes_on_to_the_same_end(working):
    """Its processes come with tokens of yesterday, and its node is not known any more."""
    fleet = working.fleet
    later = submit(fleet)
    fleet.until(lambda: at_work(fleet, later) == 2, "jobs run that the backup does not know")
    fleet.until(lambda: replaced(fleet, working.path), "it is replaced")
    redis.Redis.from_url(fleet.redis_url).flushall()
    assert outcome(fleet, working.jobs) == working.calm
    assert_nothing_lost_or_doubled(fleet, working.solutions)
    (node,) = fleet.nodes
    assert "the database does not know this node any more" in node.told()
    assert node.process is not None
    assert node.process.poll() is None


def replaced(fleet, path):
    """Restore, unless workers are in the way just now."""
    connection = fleet.connection
    try:
        backup.restore(connection, path, replace=True)
    except ContentionError:
        return False
    finally:
        connection.close()
    return True
