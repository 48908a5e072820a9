"""A fleet between two versions: jobs of the older go on, workers of the older leave."""

import io
import os
import subprocess
import sys

import pytest

from permq.core.arrangement import Arrangement
from permq.pool.backup_file import DERIVED
from permq.pool.connection import connect, transaction
from permq.pool.migrate import made_by, migrate, migrations
from permq.pool.queries import load
from permq.pool.solutions import Found
from tests.integration.security.conftest import as_role, make_roles
from tests.nodes import Fleet, step
from workers.spool import Spool, Spooled

NEWEST = len(migrations())
PREVIOUS = NEWEST - 1
TIMES = "lease=4,renewal=0.5,beat=1,suspect=3,dead=6,unheard=1,patience=3"
SEARCHES = {"accept": "threshold", "hot": 1e9, "cold": 1e9, "from": "random"}
REFUSAL = f"the database has schema {NEWEST + 1} (later.sql), this permq knows {NEWEST}: upgrade"


def submit(fleet: Fleet, steps: int = 5000) -> tuple[int, ...]:
    asked = step("anneal", 4, perturbation=0, rows=64, steps=steps, **SEARCHES)
    chain = (asked, step("refine", steps=1))
    return fleet.submit(*chain, puzzle=fleet.add_puzzle(), seed=7, keep_going=True, again=True).jobs


def outcome(fleet, jobs):
    assert set(fleet.until_ended(jobs).values()) == {"done"}
    return fleet.rows(
        "SELECT result ->> 'answer', result ->> 'mse', steps_done, slice FROM jobs"
        " WHERE id = ANY(%s) ORDER BY id",
        list(jobs),
    )


def results(rows):
    """Without the number of slices."""
    return [row[:3] for row in rows]


def at_work(fleet, jobs):
    states = "SELECT count(*) FROM jobs WHERE id = ANY(%s) AND state = 'running' AND slice > 0"
    return fleet.rows(states, list(jobs))[0][0]


def copy_rows(source, target, number):
    """Fill a database of an older schema with what its software would have left in it."""
    tables = [name for kind, name in made_by(migrations()[:number]) if kind == "TABLE"]
    there, here = connect(source), connect(target)
    with transaction(there) as reader, transaction(here) as writer:
        for name in tables:
            if name in DERIVED:
                continue
            writer.execute(load("backup")["columns"], {"table": name})
            columns = ", ".join(f'"{column}"' for (column,) in writer.fetchall())
            rows = io.BytesIO()
            reader.copy_expert(f"COPY {name} ({columns}) TO STDOUT", rows)
            rows.seek(0)
            writer.copy_expert(f"COPY {name} ({columns}) FROM STDIN", rows)
            if '"id"' in columns:
                writer.execute(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
                )
    there.close()
    here.close()


@pytest.fixture
def working(fleet):
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.2')")
    fleet.started("one", slots=2, PERMQ_TIMES=TIMES)
    return fleet


def test_jobs_that_ran_under_the_previous_schema_go_on_to_the_same_end(
    working, empty_postgres_url, tmp_path
):
    calm = outcome(working, submit(working))
    jobs = submit(working)
    working.until(lambda: at_work(working, jobs) == 2, "two have checkpoints and run")
    working.close()
    migrate(empty_postgres_url, last=PREVIOUS)
    copy_rows(working.postgres_url, empty_postgres_url, PREVIOUS)
    make_roles(empty_postgres_url)
    fleet = Fleet(as_role(empty_postgres_url, "worker"), working.redis_url, tmp_path / "new")
    ((running,),) = fleet.rows("SELECT count(*) FROM jobs WHERE state = 'running'")
    assert running == 2
    heartbeat = fleet.rows("SELECT heartbeat FROM nodes")
    ((text, fingerprint),) = fleet.rows(
        "SELECT array_to_string(permutation, ','), fingerprint"
        " FROM solutions s JOIN puzzles p ON p.id = s.puzzle_id ORDER BY s.id LIMIT 1"
    )
    try:
        node = fleet.node("one")
        spool = node.folder / "data" / "spool"
        find = Found(Arrangement.parse(text), "anneal")
        Spool(spool).keep(Spooled.of(fingerprint, jobs[0], 0, None, [find]))
        node.start(2, PERMQ_TIMES=TIMES)
        fleet.until(lambda: "waiting for that" in node.told(), "it waits for the new schema")
        assert fleet.rows("SELECT heartbeat FROM nodes") == heartbeat
        assert migrate(as_role(empty_postgres_url, "owner")).current
        ended = outcome(fleet, jobs)
        assert results(ended) == results(calm)
        assert node.told().count(f"has schema {PREVIOUS}, this permq needs {NEWEST}") == 1
        fleet.until(lambda: not list(spool.iterdir()), "the spool is delivered")
    finally:
        fleet.close()


NEWER = "INSERT INTO migrations (number, name, checksum) VALUES (%s, 'later.sql', '0')"


def test_an_older_worker_gives_its_slice_back_and_leaves_when_the_fleet_is_upgraded(working):
    jobs = submit(working, steps=2_000_000)
    working.until(lambda: at_work(working, jobs) == 2, "two have checkpoints and run")
    working.run(NEWER, NEWEST + 1)
    (node,) = working.nodes
    assert node.process.wait(60) == 1
    assert REFUSAL in node.told()
    states = working.rows("SELECT state, attempt FROM jobs WHERE kind = 'anneal'")
    # a slice that ended while the node left may have handed out the next: care takes it back
    assert {state for state, _ in states} <= {"ready", "assigned"}
    assert {attempt for _, attempt in states} == {0}
    assert working.rows("SELECT sum(steps) FROM slices") == working.rows(
        "SELECT sum(steps_done) FROM jobs"
    )


def test_an_older_worker_that_knows_no_table_any_more_fails_no_job(working):
    jobs = submit(working, steps=2_000_000)
    working.until(lambda: at_work(working, jobs) == 2, "two have checkpoints and run")
    connection = working.connection
    with transaction(connection) as cursor:
        cursor.execute("ALTER TABLE jobs RENAME COLUMN attempt TO tries")
        cursor.execute(NEWER, (NEWEST + 1,))
    connection.close()
    (node,) = working.nodes
    assert node.process.wait(60) == 1
    assert REFUSAL in node.told()
    states = working.rows("SELECT state, tries <= 1 FROM jobs WHERE kind = 'anneal'")
    assert {state for state, _ in states} <= {"ready", "assigned", "running"}
    assert all(few for _, few in states)


def test_everything_older_refuses_a_newer_database_with_one_line(fleet, tmp_path):
    fleet.run(NEWER, NEWEST + 1)
    node = fleet.node("one")
    node.start()
    assert node.process.wait(60) == 1
    assert sum(REFUSAL in line for line in node.told().splitlines()) == 1
    for words in (("submit", "noop"), ("up", "--nodes", "0"), ("jobs",)):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "permq", *words, "--data", tmp_path / "data"],
            env=os.environ | fleet.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert done.stderr.startswith(f"permq: error: {REFUSAL}")
        assert len(done.stderr.splitlines()) == 1
