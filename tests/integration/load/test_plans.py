"""What is asked all day reads a bounded part of the pool; the long form is `ops/load`.

Wall-clock says little on a machine that others use: what is counted are pages that Postgres reads,
and no table that grows may be walked over.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

import pytest

from permq.core.loading import load_puzzle
from permq.fleet.messages import Message
from permq.jobs import control, dispatching
from permq.jobs.observing import observe
from permq.metrics.reading import read
from permq.metrics.totals import Totals
from permq.pool import holdings, listing, nodes, puzzles, solutions, tallies
from permq.pool.connection import Connection, Cursor, connect, transaction
from permq.pool.listing import Filter
from tests.load import hands
from tests.load.scale import Scale, populate
from tests.nodes import EXAMPLE

SCALE = Scale("suite", 4_000, 4_000, 12)
PAGES = 500
"""Pages that one statement may read; the tables have thousands."""
MANY = 1_000
GROWS = {"jobs", "solutions", "discoveries", "slices", "logs", "edges"}
"""Tables that are never walked over."""


class Explained:
    """A cursor that explains what it does, and remembers."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self.pages: dict[str, int] = {}
        self.walked: dict[str, str] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)

    def execute(self, query: str, values: object = None) -> None:
        words = "\n".join(line for line in query.splitlines() if not line.startswith("--"))
        if not words.startswith("SET"):
            self._explain(query, values)
        self._cursor.execute(query, values)

    def _explain(self, query: str, values: object) -> None:
        self._cursor.execute("SAVEPOINT explained")
        self._cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", values)
        ((told,),) = self._cursor.fetchall()
        self._cursor.execute("ROLLBACK TO explained")
        plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
        self.pages[query] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        if found := walked(plan):
            self.walked[query] = found


def walked(plan: dict) -> str | None:
    """A table that grows and is walked over row by row, though it is no longer small."""
    rows = plan.get("Actual Rows", 0) + plan.get("Rows Removed by Filter", 0)
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in GROWS and rows > MANY:
        return str(plan["Relation Name"])
    return next(filter(None, map(walked, plan.get("Plans", []))), None)


@pytest.fixture(scope="module")
def large(module_postgres_url) -> Connection:
    """A pool of some thousand jobs and solutions, with nodes that are at work."""
    populate(module_postgres_url, SCALE, load_puzzle(EXAMPLE))
    connection = connect(module_postgres_url)
    with transaction(connection) as cursor:
        for number in range(SCALE.nodes):
            nodes.register(cursor, hands.registration(f"suite{number}"))
        dispatching.dispatch(cursor)
    yield connection
    connection.close()


def puzzle_of(cursor: Cursor) -> puzzles.PuzzleRow:
    return puzzles.find(cursor)


ASKED: dict[str, Callable[[Cursor], object]] = {
    "dispatch": dispatching.dispatch,
    "a node's tick": lambda cursor: holdings.held(cursor, "suite3"),
    "care: what is lost": control.take_back_lost,
    "care: what is due": observe,
    "queue": tallies.queued,
    "jobs": lambda cursor: listing.jobs(cursor, Filter(), 40),
    "ready jobs": lambda cursor: listing.jobs(cursor, Filter(states=("ready",)), 60),
    "failed jobs": lambda cursor: listing.jobs(cursor, Filter(states=("failed",)), 100),
    "counts": lambda cursor: listing.counts(cursor, Filter()),
    "nodes": nodes.listing,
    "bests": listing.bests,
    "newest": listing.newest,
    "top": lambda cursor: solutions.top(cursor, puzzle_of(cursor).id, 20),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_question_reads_a_bounded_part_of_the_pool(large, name):
    with transaction(large) as cursor:
        explained = Explained(cursor)
        ASKED[name](explained)
    assert explained.pages
    assert max(explained.pages.values()) <= PAGES
    assert explained.walked == {}


def test_a_reading_for_the_metrics_walks_over_no_jobs(large):
    totals = Totals()
    for _ in range(2):  # the first counts all slices of old
        with transaction(large) as cursor:
            explained = Explained(cursor)
            read(explained, totals)
    assert set(explained.walked.values()) <= {"solutions"}  # which is cut at ten thousand
    jobs = {query: pages for query, pages in explained.pages.items() if "solutions" not in query}
    assert max(jobs.values()) <= PAGES


def test_a_slice_from_claim_to_finish_reads_a_bounded_part(large, monkeypatch):
    seen: list[Explained] = []

    @contextmanager
    def explained(connection: Connection) -> Iterator[Explained]:
        with transaction(connection) as cursor:
            seen.append(Explained(cursor))
            yield seen[-1]

    with transaction(large) as cursor:
        cursor.execute("SELECT pieces FROM puzzles")
        ((pieces,),) = cursor.fetchall()
    message = given_to(large, "suite5")
    monkeypatch.setattr(hands, "transaction", explained)
    mine = hands.claim(large, "suite5", message)
    hands.renew(large, mine, 5)
    hands.finish(large, "suite5", mine, hands.made_up(Random(1), pieces), over=True)
    assert len(seen) == 3
    for one in seen:
        assert max(one.pages.values()) <= PAGES
        assert one.walked == {}


def given_to(connection: Connection, node: str) -> Message:
    """The first job that a node was given."""
    with transaction(connection) as cursor:
        job = holdings.held(cursor, node)[0].job
    return Message(job.id, job.token)


def test_a_renewal_is_in_no_index(large):
    """Every slot renews its lease every two seconds."""
    mine = hands.claim(large, "suite7", given_to(large, "suite7"))
    before = hot(large)
    for steps in range(20):
        hands.renew(large, mine, steps)
    updated, kept = (after - one for after, one in zip(hot(large), before, strict=True))
    assert updated >= 20
    # the first goes where there is room
    assert kept >= updated - 1


def hot(connection: Connection) -> tuple[int, int]:
    with transaction(connection) as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    with transaction(connection) as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'jobs'"
        )
        ((updated, kept),) = cursor.fetchall()
    return updated, kept
