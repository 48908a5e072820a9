"""The spool of a real node: what is found while Postgres is away comes into the pool once."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from permq.core.arrangement import Arrangement
from permq.pool.solutions import Found
from tests.nodes import EXAMPLE, Fleet, step
from workers.duties import Duties
from workers.spool import Spool, Spooled, read

TIMES = "lease=4,renewal=0.5,beat=1,suspect=3,dead=6,unheard=1,patience=3"
# reaches no target, and finds something all the time
HOT = {"steps": 2_000_000, "accept": "threshold", "hot": 1e9, "cold": 1e9, "from": "random"}


@pytest.fixture
def alone(postgres_server, redis_url, tmp_path) -> Iterator[Fleet]:
    """A node whose Postgres is its own."""
    fleet = Fleet(postgres_server.url, redis_url, tmp_path / "fleet")
    fleet.run(
        "INSERT INTO settings (key, value) VALUES ('slice.seconds', '2'), ('history.seconds', '0')"
    )
    fleet.started("one", PERMQ_TIMES=TIMES)
    yield fleet
    fleet.close()


def test_it_is_delivered_once_also_after_a_restart_and_told_of_once(alone, postgres_server):
    (node,) = alone.nodes
    spool = node.folder / "data" / "spool"
    asked = step("anneal", perturbation=0, rows=64, **HOT)
    (job,) = alone.submit(asked, puzzle=alone.add_puzzle(), keep_going=True).jobs
    alone.until_running(job)
    postgres_server.kill()
    alone.until(lambda: bool(list(spool.glob("*.json"))), "the slice is over")
    (path,) = spool.glob("*.json")
    spooled = read(path)
    assert spooled is not None
    assert (spooled.job, spooled.slice) == (job, 0)
    alone.until(lambda: "the job goes on once Postgres is back" in node.told(), "it is told")
    # every thread of the node once: whoever kept the lease, wrote the slice, looks after the node
    away = [line for line in node.told().splitlines() if re.search("went away|be reached", line)]
    assert len([line for line in away if "working on to the end of the slice" in line]) == 1
    assert len([line for line in away if "trying until it answers" in line]) == 1
    assert len(away) == 3
    node.kill()
    (spool / "0-0-damaged.json").write_text(path.read_text()[:-20])
    (spool / "half.part").write_text("half")
    node.start(PERMQ_TIMES=TIMES)
    alone.until(lambda: node.told().count("trying until it answers") == 2, "it runs again")
    assert path.exists()
    postgres_server.start()
    alone.until(lambda: not path.exists(), "the spool is delivered")
    found = alone.rows(
        "SELECT s.hash FROM discoveries d JOIN solutions s ON s.id = d.solution_id"
        " WHERE d.job_id = %s AND d.slice = 0",
        job,
    )
    wanted = [one.arrangement.sha256 for one in spooled.found]
    assert set(wanted) <= {text for (text,) in found}
    assert len(found) == len(set(found))
    assert [left.name for left in spool.iterdir()] == ["0-0-damaged.refused"]
    assert "is damaged or of another version; it is kept as" in node.told()


@pytest.fixture
def spooled(fleet: Fleet) -> Spooled:
    """The answer, found by a job and begun from a solution that the pool does not have."""
    puzzle = fleet.add_puzzle()
    answer = Found(Arrangement.read(EXAMPLE / "answer.txt"), "anneal")
    return Spooled.of(puzzle.fingerprint, 77, 3, 12345, [answer])


def deliver(fleet: Fleet, folder, spooled: Spooled) -> None:
    Spool(folder / "spool").keep(spooled)
    connection = fleet.connection
    Duties(folder, "one").deliver(connection)
    connection.close()
    assert list((folder / "spool").iterdir()) == []


def test_finds_of_a_job_that_a_restored_pool_lacks_are_delivered_without_it(
    fleet, spooled, tmp_path
):
    for _ in range(2):  # killed between the delivery and the removal of its file
        deliver(fleet, tmp_path, spooled)
    assert fleet.rows("SELECT job_id, slice FROM discoveries") == [(None, None)]
    assert fleet.rows("SELECT parent_id, solved FROM solutions") == [(None, True)]


def test_finds_are_not_ascribed_to_a_job_of_the_same_number_and_no_puzzle(fleet, spooled, tmp_path):
    (job,) = fleet.submit(step("noop")).jobs
    deliver(fleet, tmp_path, replace(spooled, job=job))
    assert fleet.rows("SELECT job_id FROM discoveries") == [(None,)]


def test_a_delivery_that_comes_twice_is_one_find(fleet, spooled, tmp_path):
    puzzle = fleet.add_puzzle()
    (job,) = fleet.submit(step("anneal"), puzzle=puzzle).jobs
    for _ in range(2):
        deliver(fleet, tmp_path, replace(spooled, job=job))
    assert fleet.rows("SELECT job_id, slice FROM discoveries") == [(job, 3)]
