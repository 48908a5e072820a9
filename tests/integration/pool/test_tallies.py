"""What is tallied is what there is, whatever happens to jobs."""

from random import Random

from permq.pool import backup, jobs, listing, tallies
from permq.pool.connection import connect, transaction
from permq.pool.jobs import NewJob
from permq.pool.listing import Filter

COUNTED = """
SELECT CASE WHEN paused AND state IN ('waiting', 'ready', 'assigned') THEN 'paused' ELSE state END,
    kind, work_class, puzzle_id, count(*)
FROM jobs GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


def agree(connection) -> bool:
    with transaction(connection) as cursor:
        cursor.execute(COUNTED)
        counted = cursor.fetchall()
        return [tuple(sort) for sort in tallies.sorts(cursor)] == counted


def put(connection, count: int, **facts) -> list[int]:
    one = NewJob("noop", "light", {}, seed=1, **facts)
    with transaction(connection) as cursor:
        return jobs.insert(cursor, [one] * count, command="", base_seed=1, code_version="0")[1]


def test_tallies_agree_with_a_count_after_every_change(connection):
    rng = Random(1)
    ids = put(connection, 40)
    changes = (jobs.cancel, jobs.pause, jobs.resume, jobs.retry)
    for _ in range(30):
        with transaction(connection) as cursor:
            rng.choice(changes)(cursor, rng.sample(ids, 7))
            if rng.random() < 0.3:
                tallies.fold(cursor)
        assert agree(connection)
    with transaction(connection) as cursor:
        cursor.execute("DELETE FROM jobs WHERE id = ANY(%s)", (ids[:9],))
    assert agree(connection)


def test_folding_leaves_one_row_of_each_sort(connection):
    ids = put(connection, 5)
    for job in ids:
        with transaction(connection) as cursor:
            jobs.cancel(cursor, [job])
    with transaction(connection) as cursor:
        tallies.fold(cursor)
        cursor.execute("SELECT shown, jobs FROM job_tallies")
        assert cursor.fetchall() == [("cancelled", 5)]
        assert tallies.queued(cursor) == 0


def test_what_others_change_while_it_is_folded_is_counted_too(connection, postgres_url):
    put(connection, 3)
    other = connect(postgres_url)
    with transaction(connection) as cursor:
        tallies.fold(cursor)
        put(other, 2)
        with transaction(other) as theirs:
            assert tallies.queued(theirs) == 5
    assert agree(other)
    other.close()


def test_counts_of_a_filter_are_those_of_the_table(connection, stored):
    put(connection, 3)
    put(connection, 2, puzzle_id=stored.id)
    with transaction(connection) as cursor:
        assert listing.counts(cursor, Filter()) == {"ready": 5}
        assert listing.counts(cursor, Filter(puzzle_id=stored.id)) == {"ready": 2}
        assert listing.counts(cursor, Filter(kind="noop", states=("ready",))) == {"ready": 5}
        assert listing.counts(cursor, Filter(states=("done",))) == {}
        assert listing.counts(cursor, Filter(submission=1)) == {"ready": 3}


def test_a_restored_database_counts_anew(connection, tmp_path, empty_postgres_url):
    ids = put(connection, 6)
    with transaction(connection) as cursor:
        jobs.cancel(cursor, ids[:2])
    backup.save(connection, tmp_path / "saved")
    restored = connect(empty_postgres_url)
    backup.restore(restored, tmp_path / "saved")
    assert agree(restored)
    with transaction(restored) as cursor:
        assert tallies.counts(cursor) == {"ready": 4, "cancelled": 2}
    restored.close()
