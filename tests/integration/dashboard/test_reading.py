"""Readings are shared, change nothing, and say so when Postgres is away."""

import asyncio

import pytest

from permq.dashboard.reading import Reader
from permq.errors import PoolError


def run(work):
    return asyncio.run(work)


def test_many_who_ask_at_once_are_read_for_once(postgres_url):
    asked = []

    def ask(cursor):
        asked.append(1)
        cursor.execute("SELECT 7")
        return cursor.fetchone()

    async def many():
        reader = Reader(postgres_url)
        answers = await asyncio.gather(*(reader.json("seven", ask) for _ in range(50)))
        reader.close()
        return answers

    assert set(run(many())) == {b"[7]"}
    assert len(asked) == 1


def test_a_reading_cannot_change_anything(postgres_url):
    async def write():
        reader = Reader(postgres_url)
        try:
            await reader.json("write", lambda cursor: cursor.execute("DELETE FROM jobs"))
        finally:
            reader.close()

    with pytest.raises(PoolError, match="read-only"):
        run(write())


def test_what_is_kept_does_not_grow(postgres_url):
    from permq.dashboard.reading import MOST_KEPT

    async def many():
        reader = Reader(postgres_url)
        for number in range(MOST_KEPT + 10):
            await reader.json(str(number), lambda cursor: 1)
        kept = len(reader._kept)
        reader.close()
        return kept

    assert run(many()) == MOST_KEPT


def test_a_postgres_that_is_away_is_told_and_found_again(postgres_server, serve):
    served = serve(postgres_server.url)
    assert served.ask("/api/overview").status == 200
    postgres_server.stop()
    answer = served.ask("/api/board")
    assert answer.status == 503
    assert "Postgres" in answer.json["error"]
    assert "postgresql://" not in answer.json["error"]
    # the page itself needs no Postgres
    assert served.ask("/").status == 200
    postgres_server.start()
    assert served.ask("/api/puzzles/1/figures").status == 200
