"""The whole database in one file, and back."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from permq.errors import LeaseLostError, OptionError, PoolError, SchemaError
from permq.faults import RESTORE
from permq.pool import backup, backup_file, claims, jobs, migrate, puzzles, settings, solutions
from permq.pool.connection import connect, transaction


@pytest.fixture
def filled(connection, stored, wrong):
    """A database with jobs in every state that matters, solutions, and a setting."""
    with transaction(connection) as cursor:
        parent = None
        for one in wrong(20):
            (parent,) = solutions.record(cursor, stored.id, [one], node="a", parent_id=parent)
        new = [jobs.NewJob("noop", "light", {"a": 1}, seed) for seed in range(4)]
        _, ids = jobs.insert(cursor, new, command="a\tb\\", base_seed=1, code_version="1")
        cursor.execute(
            "INSERT INTO nodes (name, host, pid, chipset, apple, arch, numeric_class, slots,"
            " speed, classes, version) VALUES ('a', '', 1, '', true, '', '', 1, 1, '{}', '')"
        )
        cursor.execute(
            "UPDATE jobs SET state = 'running', node_id = 1, pid = 1, token = 5,"
            " lease_until = now() WHERE id <= %s",
            (ids[1],),
        )
        cursor.execute("UPDATE jobs SET cancelling = true WHERE id = %s", (ids[0],))
        cursor.execute("UPDATE jobs SET state = 'done' WHERE id = %s", (ids[3],))
        cursor.execute(
            "INSERT INTO checkpoints (job_id, slice, data) VALUES (%s, 1, %s)",
            (ids[1], b"\x00\x01state\\"),
        )
        settings.put(cursor, "seed.elite", "0.25")
    return ids


@pytest.fixture
def saved(connection, filled, tmp_path):
    path = tmp_path / "pool.backup"
    backup.save(connection, path)
    return path


@pytest.fixture
def empty(empty_postgres_url):
    one = connect(empty_postgres_url)
    yield one
    one.close()


def everything(connection):
    """All rows of all tables but those that a restore changes on purpose."""
    with transaction(connection) as cursor:
        found = {}
        for table in ("puzzles", "solutions", "discoveries", "settings", "submissions", "edges"):
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY 1")
            found[table] = cursor.fetchall()
        return found


def test_a_backup_comes_back_into_an_empty_database(connection, filled, saved, empty):
    told = backup.restore(empty, saved)
    assert everything(empty) == everything(connection)
    assert migrate.check(empty).current
    assert {table.name: table.rows for table in told.tables}["solutions"] == 20
    with transaction(empty) as cursor:
        assert puzzles.find(cursor).name == "toy"
        assert settings.get(cursor, "seed.elite") == 0.25


def test_every_table_of_the_schema_is_saved(connection, saved):
    with transaction(connection) as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {name for (name,) in cursor.fetchall()} - {"migrations", *backup_file.DERIVED}
    assert {table.name for table in backup_file.inspect(saved).tables} == tables


def test_what_ran_becomes_ready_and_nodes_are_gone(filled, saved, empty):
    backup.restore(empty, saved)
    with transaction(empty) as cursor:
        cursor.execute("SELECT state, lease_until, pid FROM jobs ORDER BY id")
        states = cursor.fetchall()
        assert [state for state, _, _ in states] == ["cancelled", "ready", "ready", "done"]
        assert states[1] == ("ready", None, None)
        cursor.execute("SELECT state FROM nodes")
        assert cursor.fetchall() == [("gone",)]
        cursor.execute("SELECT data FROM checkpoints")
        assert [bytes(data) for (data,) in cursor.fetchall()] == [b"\x00\x01state\\"]


def test_tokens_of_the_saved_database_are_void_whatever_it_gave_later(filled, saved, empty):
    """To jobs that are in the backup, and to later ones whose numbers are given again."""
    backup.restore(empty, saved)
    with transaction(empty) as cursor:
        new = [jobs.NewJob("noop", "light", {}, 1)]
        (later,) = jobs.insert(cursor, new, command="", base_seed=1, code_version="1")[1]
        cursor.execute("UPDATE jobs SET state = 'running' WHERE state <> 'done'")
    for job in (filled[1], filled[2], later):
        for token in range(20):
            with pytest.raises(LeaseLostError), transaction(empty) as cursor:
                claims.renew(cursor, job, token)
    tokens = set()
    for _ in range(3):
        backup.restore(empty, saved, replace=True)
        with transaction(empty) as cursor:
            cursor.execute("SELECT token FROM jobs WHERE id = %s", (filled[1],))
            tokens |= set(cursor.fetchall())
    assert len(tokens) == 3


def test_new_rows_go_on_behind_the_restored_ones(filled, saved, empty, wrong):
    backup.restore(empty, saved)
    with transaction(empty) as cursor:
        stored = puzzles.find(cursor)
        highest = max(row.id for row in solutions.top(cursor, stored.id, 99))
        (number,) = solutions.record(cursor, stored.id, wrong(21)[20:])
        assert number == highest + 1
        new = [jobs.NewJob("noop", "light", {}, 1)]
        assert jobs.insert(cursor, new, command="", base_seed=1, code_version="1")[1] > filled


def test_a_database_that_holds_something_is_left_alone(connection, saved, wrong, stored):
    with transaction(connection) as cursor:
        solutions.record(cursor, stored.id, wrong(30))
    before = everything(connection)
    with pytest.raises(OptionError, match="not empty: --replace"):
        backup.restore(connection, saved)
    assert everything(connection) == before
    backup.restore(connection, saved, replace=True)
    with transaction(connection) as cursor:
        assert solutions.count(cursor, stored.id) == 20


def test_a_migrated_database_without_rows_counts_as_empty(saved, empty):
    migrate.migrate(empty)
    backup.restore(empty, saved)
    with transaction(empty) as cursor:
        assert puzzles.find(cursor).name == "toy"


def test_what_others_keep_in_the_database_stays(saved, empty):
    with transaction(empty) as cursor:
        cursor.execute("CREATE TABLE theirs (a) AS VALUES (1)")
    backup.restore(empty, saved, replace=True)
    with transaction(empty) as cursor:
        cursor.execute("SELECT a FROM theirs")
        assert cursor.fetchall() == [(1,)]


def test_an_older_backup_is_brought_to_the_present_schema(monkeypatch, saved, empty):
    known = migrate.migrations()
    later = migrate.Migration(
        len(known) + 1, "later.sql", "ALTER TABLE settings ADD COLUMN note text DEFAULT 'old'"
    )
    for room in (backup, backup_file):
        monkeypatch.setattr(room, "migrations", lambda: (*known, later))
    backup.restore(empty, saved)
    with transaction(empty) as cursor:
        cursor.execute("SELECT key, note FROM settings")
        assert cursor.fetchall() == [("seed.elite", "old")]
        cursor.execute("SELECT max(number) FROM migrations")
        assert cursor.fetchone() == (later.number,)


def test_a_newer_backup_is_refused(monkeypatch, saved, empty):
    monkeypatch.setattr(backup_file, "migrations", lambda: migrate.migrations()[:1])
    with pytest.raises(SchemaError, match="this permq knows 1: upgrade permq"):
        backup.restore(empty, saved)


def test_a_backup_of_other_migrations_is_refused(monkeypatch, saved, empty):
    altered = tuple(
        migrate.Migration(one.number, one.name, one.sql + " ") for one in migrate.migrations()
    )
    monkeypatch.setattr(backup_file, "migrations", lambda: altered)
    with pytest.raises(SchemaError, match="other migrations of the same numbers"):
        backup.restore(empty, saved)


def rewritten(path, change):
    """The archive with some entries changed."""
    whole = path.with_name("changed.backup")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(whole, "w") as target:
        for name in source.namelist():
            data = change(name, source.read(name))
            if data is not None:
                target.writestr(name, data)
    return whole


def cut(path):
    whole = path.with_name("cut.backup")
    whole.write_bytes(path.read_bytes()[:-500])
    return whole


def flipped(path):
    """One bit of a compressed table is another."""
    whole = path.with_name("flipped.backup")
    shutil.copy(path, whole)
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("tables/puzzles.copy").header_offset + 200
    data = bytearray(whole.read_bytes())
    data[place] ^= 1
    whole.write_bytes(data)
    return whole


def alter_rows(name, data):
    return data.replace(b"0.25", b"0.75") if name == "tables/settings.copy" else data


def lose_table(name, data):
    return None if name == "tables/settings.copy" else data


def other_format(name, data):
    if name == "manifest.json":
        return json.dumps({**json.loads(data), "format": "another"})
    return data


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (cut, "no backup of permq, or damaged"),
        (flipped, "damaged"),
        (lambda path: rewritten(path, alter_rows), "table settings is damaged: its checksum"),
        (lambda path: rewritten(path, lose_table), "no backup of permq, or damaged"),
        (lambda path: rewritten(path, other_format), "another version of permq's backups"),
        (lambda path: rewritten(path, lambda n, d: d if "table" in n else "{}"), "manifest"),
        (lambda path: path.with_name("missing"), "No such file"),
        (lambda path: path.parent, "Is a directory"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_written(connection, saved, damage, problem):
    before = everything(connection)
    with pytest.raises(OptionError, match=problem):
        backup.restore(connection, damage(saved), replace=True)
    assert everything(connection) == before


def test_a_restore_that_fails_in_the_middle_changes_nothing(connection, saved):
    """The copy has its checksum, but a row that the schema refuses."""

    def break_schema(name, data):
        if name == "manifest.json":
            told = json.loads(data)
            for table in told["tables"]:
                if table["name"] == "solutions":
                    table["columns"] = [c for c in table["columns"] if c != "cost"]
            return json.dumps(told)
        return data

    before = everything(connection)
    with pytest.raises(PoolError, match="extra data after last expected column"):
        backup.restore(connection, rewritten(saved, break_schema), replace=True)
    assert everything(connection) == before


@pytest.mark.parametrize("point", RESTORE)
def test_a_restore_that_is_killed_changes_nothing(
    postgres_url, connection, saved, wrong, tmp_path, point
):
    with transaction(connection) as cursor:
        solutions.record(cursor, puzzles.find(cursor).id, wrong(40))
    before = everything(connection)
    (tmp_path / point).touch()
    words = ("db", "restore", saved, "--replace", "--data", tmp_path)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "permq", *words],
        env=os.environ | {"PERMQ_POSTGRES_URL": postgres_url, "PERMQ_FAULTS": str(tmp_path)},
        check=False,
    )
    assert (done.returncode, (tmp_path / point).exists()) == (-9, False)
    assert everything(connection) == before
    assert migrate.check(connection).current


def test_a_database_of_a_newer_permq_is_not_replaced(connection, saved):
    number = len(migrate.migrations()) + 1
    with transaction(connection) as cursor:
        values = (number, "later.sql", "0")
        cursor.execute(
            "INSERT INTO migrations (number, name, checksum) VALUES (%s, %s, %s)", values
        )
    with pytest.raises(SchemaError, match=f"schema {number}, this permq knows {number - 1}: upg"):
        backup.restore(connection, saved, replace=True)


def test_a_backup_is_of_one_moment(postgres_url, connection, stored, wrong, tmp_path, monkeypatch):
    """A solution recorded after it began is in no table of it."""
    other = connect(postgres_url)
    columns = backup._save_table

    def interrupted(cursor, archive, name):
        copied = columns(cursor, archive, name)
        if name == "puzzles":
            with transaction(other) as writer:
                solutions.record(writer, stored.id, wrong(1))
        return copied

    monkeypatch.setattr(backup, "_save_table", interrupted)
    told = backup.save(connection, tmp_path / "pool.backup")
    other.close()
    rows = {table.name: table.rows for table in told.tables}
    assert (rows["solutions"], rows["discoveries"]) == (0, 0)
