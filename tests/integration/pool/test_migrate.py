"""Migrations: one by one, by several at once, killed in the middle, and while others work."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from permq.errors import OldSchemaError, SchemaError
from permq.faults import MIGRATION
from permq.pool import migrate
from permq.pool.connection import ContentionError, connect, transaction
from permq.pool.migrate import Migration, check, migrations
from tests.integration.security.conftest import as_role, make_roles

NEWEST = len(migrations())


@pytest.fixture
def later(monkeypatch):
    """A permq with one more migration, of a table that a fleet writes all the time."""
    sql = "ALTER TABLE jobs ADD COLUMN later integer"
    known = (*migrations(), Migration(NEWEST + 1, "later.sql", sql))
    monkeypatch.setattr(migrate, "migrations", lambda: known)
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 1)


def test_it_stops_where_it_is_told_to(empty_postgres_url):
    assert migrate.migrate(empty_postgres_url, last=2).applied == 2
    assert migrate.migrate(empty_postgres_url, last=1).applied == 2
    assert migrate.migrate(empty_postgres_url).current


def test_several_at_once_apply_everything_once(empty_postgres_url):
    with ThreadPoolExecutor(4) as several:
        states = list(several.map(migrate.migrate, [empty_postgres_url] * 4))
    assert all(state.current for state in states)


@pytest.mark.parametrize("point", MIGRATION)
def test_one_that_is_killed_leaves_whole_migrations(empty_postgres_url, tmp_path, point):
    (tmp_path / point).touch()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "permq", "db", "migrate", "--data", tmp_path],
        env=os.environ | {"PERMQ_POSTGRES_URL": empty_postgres_url, "PERMQ_FAULTS": str(tmp_path)},
        check=False,
    )
    assert (done.returncode, (tmp_path / point).exists()) == (-9, False)
    assert check(empty_postgres_url).applied == int(point == "migration-committed")
    assert migrate.migrate(empty_postgres_url).current


def test_it_waits_for_others_and_nobody_waits_for_it(postgres_url, later):
    """A long look at a table, such as a backup's, would otherwise stop the whole fleet."""
    looking, working = connect(postgres_url), connect(postgres_url)
    with ThreadPoolExecutor(1) as other:
        with transaction(looking) as cursor:
            cursor.execute("SELECT count(*) FROM jobs")
            done = other.submit(migrate.migrate, postgres_url)
            for _ in range(30):
                with transaction(working) as writer:
                    writer.execute("UPDATE jobs SET pid = 1")
                    writer.execute("SELECT pg_sleep(0.05)")
            assert not done.done()
        assert done.result(60).applied == NEWEST + 1
    looking.close()
    working.close()


def test_it_gives_up_when_others_never_end(postgres_url, later, monkeypatch):
    monkeypatch.setattr(migrate, "PATIENCE", 1.0)
    looking = connect(postgres_url)
    with transaction(looking) as cursor:
        cursor.execute("SELECT count(*) FROM jobs")
        with pytest.raises(ContentionError, match="lock timeout"):
            migrate.migrate(postgres_url)
    assert check(postgres_url).applied == NEWEST
    looking.close()


def test_a_newer_database_is_refused_with_what_to_do(postgres_url, later, monkeypatch):
    migrate.migrate(postgres_url)
    monkeypatch.setattr(migrate, "migrations", migrations)
    with pytest.raises(SchemaError, match=rf"has schema {NEWEST + 1} \(later.sql\), this permq"):
        check(postgres_url)


def test_who_may_not_change_an_older_database_is_told_who_may(empty_postgres_url):
    migrate.migrate(empty_postgres_url, last=NEWEST - 1)
    make_roles(empty_postgres_url)
    for role in ("worker", "reader"):
        with pytest.raises(OldSchemaError, match="run `permq db migrate` as its owner"):
            migrate.migrate(as_role(empty_postgres_url, role))
    assert migrate.migrate(as_role(empty_postgres_url, "owner")).current
    assert migrate.migrate(as_role(empty_postgres_url, "worker")).current
