"""What each role of Postgres may do, and what it may not."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg2
import pytest

from permq.errors import OldSchemaError, PoolError, RightsError
from permq.pool.backup import restore, save
from permq.pool.connection import Cursor, connect, transaction
from permq.pool.migrate import made_by, migrate, migrations
from permq.pool.rights import READER, RIGHTS, WORKER, lacking
from permq.pool.roles import make
from tests.integration.security.conftest import ROLE_PASSWORDS, as_role, make_roles
from tests.servers import run_sql

TABLES = [name for kind, name in made_by(migrations()) if kind == "TABLE"]
KEPT = [name for name in TABLES if name not in {"checkpoints", "settings"}]
"""Whose rows nobody but the owner takes away."""

NOBODYS = (
    "CREATE TABLE made (id int)",
    "CREATE TEMPORARY TABLE made (id int)",
    "CREATE FUNCTION made() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA made",
    "DROP TABLE solutions",
    "DROP VIEW js_puzzle_pool",
    "DROP FUNCTION viewed_puzzle",
    "ALTER TABLE jobs ADD made int",
    "ALTER TABLE jobs DISABLE TRIGGER ALL",
    "ALTER TABLE snapshots DISABLE TRIGGER snapshots_stay",
    "CREATE INDEX ON jobs (kind)",
    "GRANT permq_owner TO CURRENT_USER",
    "ALTER DATABASE {database} OWNER TO CURRENT_USER",
    "CREATE ROLE made",
    "CREATE DATABASE made",
    "ALTER ROLE permq_owner PASSWORD 'mine'",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SET ROLE permq_owner",
    "SET SESSION AUTHORIZATION permq_owner",
    "SET session_replication_role = replica",
    "COPY jobs TO PROGRAM 'cat'",
    "COPY settings FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT setval('jobs_id_seq', 1)",
    "SELECT answer FROM regimes",
    "UPDATE migrations SET checksum = ''",
    "DELETE FROM migrations",
)
"""What neither a worker nor a reader may do."""

NO_WORKERS = (
    *NOBODYS,
    *(f"DELETE FROM {name}" for name in KEPT),
    *(f"TRUNCATE {name} CASCADE" for name in TABLES),
    "SELECT body FROM dead_letters",
    "UPDATE solutions SET cost = 0",
    "UPDATE solutions SET permutation = '{{}}'",
    "UPDATE discoveries SET node = 'mine'",
    "UPDATE slices SET steps = 0",
    "UPDATE edges SET child_id = 1",
    "UPDATE logs SET message = ''",
    "UPDATE snapshots SET best_cost = 0",
    "UPDATE probes SET rows = '{{}}'",
    "UPDATE reports SET summary = 'null'",
    "UPDATE regimes SET answer = '{{}}'",
    "UPDATE incoming SET permutation = '{{}}'",
    "UPDATE jobs SET params = '{{}}'",
    "UPDATE jobs SET seed = 1",
    "UPDATE puzzles SET fingerprint = ''",
    "UPDATE nodes SET name = 'mine'",
    "UPDATE submissions SET command = ''",
    "UPDATE job_tallies SET jobs = 0",
    "INSERT INTO job_tallies DEFAULT VALUES",
    "INSERT INTO migrations (number, name, checksum) VALUES (99, '', '')",
)

NO_READERS = (
    *NOBODYS,
    *(f"DELETE FROM {name}" for name in TABLES),
    *(f"TRUNCATE {name} CASCADE" for name in TABLES),
    *(f"INSERT INTO {name} DEFAULT VALUES" for name in TABLES),
    "UPDATE jobs SET state = 'done'",
    "UPDATE settings SET value = '1'",
    "UPDATE nodes SET state = 'gone'",
    "INSERT INTO js_puzzle_config VALUES ('a', 'b')",
    "INSERT INTO js_puzzle_pool (permutation) VALUES ('{{1}}')",
    "SELECT nextval('jobs_id_seq')",
    "SELECT id FROM jobs FOR UPDATE",
    "SELECT fold_tallies()",
)

NO_OWNERS = (
    "CREATE ROLE made",
    "CREATE DATABASE made",
    "ALTER ROLE permq_worker SUPERUSER",
    "ALTER SYSTEM SET log_statement = 'all'",
    "COPY jobs TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
    "SET session_replication_role = replica",
    "DROP DATABASE {database}",
)


def refused(connection, statement):
    """How Postgres refuses a statement; it must."""
    with connection.cursor() as cursor, pytest.raises(psycopg2.Error) as told:
        cursor.execute(statement.format(database=connection.info.dbname))
    return told.value


@contextmanager
def restless(url):
    """A connection of a role that has switched off that it may only read.

    What is refused must be so for want of rights.
    """
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
        yield connection


@pytest.fixture(scope="module")
def restless_roles(module_role_url):
    with ExitStack() as stack:
        yield {
            role: stack.enter_context(restless(module_role_url(role))) for role in ROLE_PASSWORDS
        }


@contextmanager
def session(url) -> Iterator[Cursor]:
    with closing(connect(url)) as connection, transaction(connection) as cursor:
        yield cursor


def rows(url, query):
    with session(url) as cursor:
        cursor.execute(query)
        return cursor.fetchall()


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        *(("worker", statement) for statement in NO_WORKERS),
        *(("reader", statement) for statement in NO_READERS),
        *(("owner", statement) for statement in NO_OWNERS),
    ],
)
def test_a_role_may_not(restless_roles, role, statement):
    error = refused(restless_roles[role], statement)
    assert error.pgcode == "42501", error


def test_what_may_be_done_with_every_table_is_said():
    views = [name for kind, name in made_by(migrations()) if kind == "VIEW"]
    assert set(RIGHTS) == {*TABLES, *views, "migrations"}


def test_a_reader_reads_everything_but_answers(module_role_url):
    url = module_role_url("reader")
    for name in RIGHTS:
        columns = "regime, puzzle_id" if name == "regimes" else "*"
        rows(url, f"SELECT {columns} FROM {name}")


def test_a_reader_cannot_write_even_where_everybody_may(module_role_url):
    with (
        pytest.raises(RightsError, match="read-only transaction"),
        session(module_role_url("reader")) as cursor,
    ):
        cursor.execute("SELECT lo_create(0)")


def test_a_refusal_names_the_role_the_table_and_what_to_do(module_role_url):
    told = r"role permq_worker.*table solutions.*permq db roles"
    with pytest.raises(RightsError, match=told), session(module_role_url("worker")) as cursor:
        cursor.execute("DELETE FROM solutions")


def test_what_a_role_lacks_for_work_is_known_before_it_works(module_role_url):
    found = {}
    for role in ("owner", "worker", "reader"):
        with session(module_role_url(role)) as cursor:
            found[role] = lacking(cursor)
    assert found["owner"] == found["worker"] == []
    assert {"INSERT on jobs", "DELETE on checkpoints"} <= set(found["reader"])
    assert not [told for told in found["reader"] if told.startswith("SELECT")]


def rights_in(url):
    """Who may do what with what, as Postgres tells it, the owner and columns included."""
    return rows(
        url,
        "SELECT c.relname, pg_get_userbyid(c.relowner), c.relacl::text, a.attname, a.attacl::text"
        " FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S')"
        " UNION SELECT proname, pg_get_userbyid(proowner), proacl::text, NULL, NULL FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace"
        " UNION SELECT 'default', '', defaclacl::text, '', '' FROM pg_default_acl"
        " ORDER BY 1, 4",
    )


@pytest.fixture
def usual(role_url):
    """Rights in a database that was migrated first and given roles then."""
    return rights_in(role_url("owner"))


def test_rights_are_the_same_whether_roles_or_the_schema_come_first(
    usual, empty_postgres_url, tmp_path
):
    make_roles(empty_postgres_url)
    # a superuser migrates; what it makes is the owner's
    migrate(empty_postgres_url)
    assert rights_in(empty_postgres_url) == usual
    assert all(owner in {"permq_owner", ""} for _, owner, *_ in usual)
    # again changes nothing, nor does a backup that is restored by the owner
    make_roles(empty_postgres_url)
    assert rights_in(empty_postgres_url) == usual
    owner = as_role(empty_postgres_url, "owner")
    with closing(connect(owner)) as connection:
        save(connection, tmp_path / "pool.backup")
        restore(connection, tmp_path / "pool.backup", replace=True)
    assert rights_in(owner) == usual


def test_later_migrations_keep_rights_right(usual, empty_postgres_url):
    migrate(empty_postgres_url, last=2)
    make_roles(empty_postgres_url)
    owner = as_role(empty_postgres_url, "owner")
    worker = as_role(empty_postgres_url, "worker")
    with pytest.raises(OldSchemaError, match="permq db migrate"):
        migrate(worker)
    migrate(owner)
    assert rights_in(owner) == usual
    migrate(worker)


def test_a_table_that_no_migration_made_is_read_by_the_reader_alone(role_url):
    run_sql(role_url("owner"), "CREATE TABLE notes (word text)")
    assert rows(role_url("reader"), "SELECT * FROM notes") == []
    with restless(role_url("worker")) as worker, restless(role_url("reader")) as reader:
        assert refused(worker, "SELECT * FROM notes").pgcode == "42501"
        assert refused(reader, "INSERT INTO notes VALUES ('a')").pgcode == "42501"


def test_passwords_change_and_hashes_alone_reach_the_server(postgres_url):
    make_roles(postgres_url)
    with closing(connect(postgres_url)) as connection:
        made = make(connection, {"worker": "another word"})
    assert [(role.name, role.made, role.password) for role in made] == [
        ("permq_owner", False, False),
        ("permq_worker", False, True),
        ("permq_reader", False, False),
    ]
    with pytest.raises(PoolError, match="password authentication failed"):
        connect(as_role(postgres_url, "worker"))
    hashes = rows(postgres_url, "SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'permq\\_%'")
    assert all(told.startswith("SCRAM-SHA-256$") for (told,) in hashes)
    connect(as_role(postgres_url, "reader")).close()
    make_roles(postgres_url)  # roles are the whole server's


def test_an_administrator_need_not_be_a_superuser(postgres_server):
    database = postgres_server.url.rpartition("/")[0]
    run_sql(
        postgres_server.url,
        "CREATE ROLE admin LOGIN CREATEROLE PASSWORD 'word'",
        "CREATE DATABASE managed OWNER admin",
    )
    admin = f"{database.replace(database.split('//')[1].split('@')[0], 'admin:word')}/managed"
    migrate(admin)
    make_roles(admin)
    migrate(as_role(admin, "owner"))
    assert {owner for _, owner, *_ in rights_in(admin)} == {"permq_owner", ""}
    with session(as_role(admin, "worker")) as cursor:
        assert lacking(cursor) == []


def test_a_role_that_may_more_is_refused(postgres_server):
    url = postgres_server.url
    make_roles(url)
    for words in ("CREATEDB", "SUPERUSER", "IN ROLE permq_owner"):
        run_sql(url, "DROP OWNED BY permq_reader", "DROP ROLE permq_reader")
        run_sql(url, f"CREATE ROLE permq_reader {words}")
        with pytest.raises(RightsError, match="role permq_reader may more"):
            make_roles(url)


def test_the_command_makes_roles_with_passwords_from_anywhere(
    permq, monkeypatch, empty_postgres_url, tmp_path
):
    postgres_url = empty_postgres_url
    (tmp_path / "word").write_text("owner-word\n")
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("PERMQ_POSTGRES_OWNER_PASSWORD_FILE", str(tmp_path / "word"))
    monkeypatch.setenv("PERMQ_POSTGRES_WORKER_PASSWORD_COMMAND", "echo worker-word")
    monkeypatch.setenv("PERMQ_POSTGRES_READER_PASSWORD", "reader-word")
    done = permq("db", "roles", "--json")
    assert done.code == 0, done.err
    assert [(role["name"], role["password"]) for role in done.json["roles"]] == [
        ("permq_owner", True),
        ("permq_worker", True),
        ("permq_reader", True),
    ]
    for role in ROLE_PASSWORDS:
        rows(as_role(postgres_url, role), "SELECT count(*) FROM jobs")
    monkeypatch.setenv("PERMQ_POSTGRES_URL", as_role(postgres_url, "worker"))
    done = permq("db", "roles")
    assert done.code == 1
    assert "role permq_worker may not create roles" in done.err


def test_who_may_not_make_roles_is_told_so(role_url):
    for role in ("owner", "worker"):
        with pytest.raises(RightsError, match=f"permq_{role} may not create roles"):
            make_roles(role_url(role))


def test_the_roles_have_the_names_that_the_passwords_have():
    assert (WORKER, READER) == ("permq_worker", "permq_reader")
    assert set(ROLE_PASSWORDS) == {"owner", "worker", "reader"}
