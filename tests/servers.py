"""Real servers for tests: an embedded Postgres and Valkey, started when a test first asks.

Every process of a parallel run has its own. They get a signal when that process dies, so nothing
stays behind after kill -9 either. Where they cannot be started, tests fail; they are not skipped.
"""

import itertools
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from permq.services import postgres, redis
from permq.services.members import Member, Running
from permq.services.ports import free_port

TEMPLATE = "migrated"


class Server:
    """One server process on a port and data folder that stay the same over its restarts."""

    def __init__(self, member: Member, url: str, logs: Path) -> None:
        self.url = url
        self._running = Running(member, logs)

    @property
    def pid(self) -> int:
        assert self._running.process is not None, "the server does not run"
        return self._running.process.pid

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self._running.runs

    def start(self) -> None:
        """Start it and wait until it is ready."""
        assert self._running.process is None, "the server runs already"
        self._running.launch()
        while not self._running.check():
            time.sleep(0.01)

    def stop(self) -> None:
        """End it in order; nothing where it does not run."""
        self._running.stop()

    def kill(self) -> None:
        """End it as a crash would."""
        self._running.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Let it hang: connections stay open, nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


def make_postgres(folder: Path) -> Server:
    """Prepare a Postgres whose data nobody misses."""
    cluster = postgres.prepare(folder / "postgres", sync=False)
    port = free_port()
    return Server(cluster.member(port, postgres.THROWAWAY), cluster.url(port), folder / "logs")


def make_redis(folder: Path) -> Server:
    """Prepare a Valkey, on disk as the fleet's own."""
    store = redis.prepare(folder / "redis")
    port = free_port()
    return Server(store.member(port), store.url(port), folder / "logs")


def run_sql(url: str, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def database_url(url: str, name: str) -> str:
    """Address of another database of the same server."""
    return url.rpartition("/")[0] + "/" + name


@pytest.fixture(scope="session")
def _postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The Postgres of this process, with a migrated database to copy."""
    from permq.pool.migrate import migrate

    folder = tmp_path_factory.mktemp("postgres-server")
    server = make_postgres(folder)
    try:
        server.start()
        run_sql(server.url, f"CREATE DATABASE {TEMPLATE}")
        migrate(database_url(server.url, TEMPLATE))
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The Valkey of this process."""
    folder = tmp_path_factory.mktemp("redis-server")
    server = make_redis(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


_numbers = itertools.count(1)


def _database(server: Server, template: str) -> Iterator[str]:
    name = f"test{next(_numbers)}"
    run_sql(server.url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield database_url(server.url, name)
    # connections of processes that the test has left to themselves end too
    run_sql(server.url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(_postgres: Server) -> Iterator[str]:
    """Address of a new database with the schema, for this test alone."""
    yield from _database(_postgres, TEMPLATE)


@pytest.fixture(scope="module")
def module_postgres_url(_postgres: Server) -> Iterator[str]:
    """Address of a new database with the schema, for the tests of one module together."""
    yield from _database(_postgres, TEMPLATE)


@pytest.fixture
def empty_postgres_url(_postgres: Server) -> Iterator[str]:
    """Address of a new database without a schema, for this test alone."""
    yield from _database(_postgres, "template0")


@pytest.fixture
def redis_url(_redis: Server) -> str:
    """Address of an empty Redis; it must be running at the test's end."""
    from redis import Redis

    with Redis.from_url(_redis.url) as client:
        client.flushall()
    return _redis.url


@pytest.fixture
def postgres_server(tmp_path: Path) -> Iterator[Server]:
    """A Postgres for this test alone, to be stopped, killed and started; `url` has the schema."""
    from permq.pool.migrate import migrate

    folder = tmp_path / "postgres server"
    server = make_postgres(folder)
    try:
        server.start()
        migrate(server.url)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)  # 40 MB that pytest would keep for three runs


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Server]:
    """A Redis for this test alone, to be stopped, killed and started."""
    server = make_redis(tmp_path / "redis server")
    try:
        server.start()
        yield server
    finally:
        server.stop()
