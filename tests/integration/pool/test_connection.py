"""Errors of connections are told apart: what may be tried again, and what may not."""

import psycopg2
import pytest

from permq.errors import PoolError
from permq.pool.connection import ContentionError, UnreachableError, connect, transaction


def test_a_connection_that_was_cut_is_unreachable_and_closed(connection, postgres_url):
    other = connect(postgres_url)
    with transaction(other) as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
    other.close()
    with pytest.raises(UnreachableError, match="went away"), transaction(connection) as cursor:
        cursor.execute("SELECT 1")
    assert connection.closed


def test_what_libpq_tells_without_a_class_is_unreachable_too(connection):
    """It does so where the connection breaks as a transaction begins."""
    told = "server closed the connection unexpectedly"
    with pytest.raises(UnreachableError, match=told), transaction(connection):
        raise psycopg2.DatabaseError(told)
    assert connection.closed


def test_what_postgres_refuses_is_no_matter_of_the_connection(connection):
    with pytest.raises(PoolError, match="refuses") as caught, transaction(connection) as cursor:
        cursor.execute("SELECT 1 / 0")
    assert not isinstance(caught.value, UnreachableError | ContentionError)
    assert not connection.closed


def test_a_network_that_swallows_everything_ends_a_connection(connection):
    """Keepalives say nothing while an answer is awaited."""
    options = connection.info.dsn_parameters
    assert 0 < int(options["tcp_user_timeout"]) <= 60_000
