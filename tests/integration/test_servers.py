"""The servers that tests run against."""

import psycopg2
import pytest
from redis import Redis
from redis.exceptions import RedisError


def rows(url, query):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_a_migrated_database_of_its_own(postgres_url, turn):
    connection = psycopg2.connect(postgres_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM settings WHERE key = 'of this test'")
        assert cursor.fetchone() == (0,)
        cursor.execute("INSERT INTO settings (key, value) VALUES ('of this test', '1')")
    connection.close()


def test_an_empty_database_has_no_tables(empty_postgres_url):
    query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert rows(empty_postgres_url, query) == [(0,)]


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_finds_redis_empty(redis_url, turn):
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("of this test", 1)


def test_postgres_can_be_killed_and_started_again(postgres_server):
    postgres_server.kill()
    with pytest.raises(psycopg2.OperationalError):
        rows(postgres_server.url, "SELECT 1")
    postgres_server.start()
    assert rows(postgres_server.url, "SELECT count(*) FROM jobs") == [(0,)]
    postgres_server.restart()
    assert rows(postgres_server.url, "SELECT count(*) FROM jobs") == [(0,)]


def test_redis_keeps_what_it_has_over_a_restart(redis_server):
    with Redis.from_url(redis_server.url) as client:
        client.set("kept", "yes")
    redis_server.stop()
    with Redis.from_url(redis_server.url) as client, pytest.raises(RedisError):
        client.ping()
    redis_server.start()
    with Redis.from_url(redis_server.url) as client:
        assert client.get("kept") == b"yes"
