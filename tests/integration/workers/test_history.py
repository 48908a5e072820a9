"""A fleet at work makes its history by itself."""

from permq.jobs.kind import IDLE
from permq.jobs.observing import observe
from permq.pool.connection import transaction
from tests.nodes import step
from tests.toys import toy_puzzle


def test_snapshots_and_embeddings_come_with_improvements_and_by_the_clock(fleet):
    fleet.run("UPDATE settings SET value = '0.5'")
    puzzle, _ = toy_puzzle(0, noise=0.5)  # its cost never becomes 0, so the search goes on
    row = fleet.add_puzzle(puzzle)
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '1')")
    fleet.started("one")
    searched = fleet.submit(step("anneal", steps=10**9), puzzle=row, keep_going=True).jobs

    def events():
        found = fleet.rows("SELECT event FROM snapshots ORDER BY id")
        return [event for (event,) in found]

    fleet.until(lambda: {"improvement", "timer"} <= set(events()), "there are snapshots")
    fleet.until(lambda: fleet.rows("SELECT id FROM embeddings") != [], "there is an embedding")
    assert fleet.states(searched)[searched[0]] in {"ready", "assigned", "running"}
    made = fleet.rows("SELECT kind, priority, brief, state FROM jobs WHERE kind <> 'anneal'")
    assert {(kind, priority) for kind, priority, *_ in made} == {
        ("history", IDLE),
        ("embed", IDLE),
    }
    # each snapshot is of a job of its own
    assert fleet.rows("SELECT job_id FROM snapshots GROUP BY job_id HAVING count(*) > 1") == []


def test_one_waits_at_most_and_none_where_that_is_wanted(fleet):
    row = fleet.add_puzzle()
    connection = fleet.connection
    with transaction(connection) as cursor:
        cursor.execute(
            "INSERT INTO solutions (puzzle_id, hash, permutation, cost, exact, solved, method) "
            "SELECT id, repeat('a', 64), pieces, 1, false, false, 'test' FROM puzzles"
        )
        assert observe(cursor) == []
        cursor.execute("DELETE FROM settings")
        first = observe(cursor)
        assert len(first) == 2
        assert observe(cursor) == []
        cursor.execute("SELECT kind, puzzle_id FROM jobs ORDER BY id")
        assert cursor.fetchall() == [("history", row.id), ("embed", row.id)]
    connection.close()
