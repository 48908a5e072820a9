"""Roles of least rights, made on the tests' own Postgres."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from permq.pool.connection import connect
from permq.pool.roles import make
from permq.services import redis
from tests.servers import Server

ROLE_PASSWORDS = {"owner": "owner-word", "worker": "worker-word", "reader": "reader-word"}


def as_role(url: str, role: str) -> str:
    """The same database, for one of permq's roles."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    login = f"permq_{role}:{ROLE_PASSWORDS[role]}"
    return parts._replace(netloc=f"{login}@{place}").geturl()


def make_roles(url: str) -> None:
    with closing(connect(url)) as connection:
        make(connection, ROLE_PASSWORDS)


@pytest.fixture
def role_url(postgres_url: str) -> Callable[[str], str]:
    """Address of a new database with the schema, for a role."""
    make_roles(postgres_url)
    return lambda role: as_role(postgres_url, role)


@pytest.fixture(scope="module")
def module_role_url(module_postgres_url: str) -> Callable[[str], str]:
    """The same for the tests of one module together."""
    make_roles(module_postgres_url)
    return lambda role: as_role(module_postgres_url, role)


@pytest.fixture
def redis_users(redis_server: Server, tmp_path: Path) -> Callable[[str], str]:
    """Address of a Redis for this test alone, for a user."""
    store = redis.prepare(tmp_path / "redis server" / "redis")
    port = urlsplit(redis_server.url).port
    assert port is not None
    return lambda user: store.url(port, user)
