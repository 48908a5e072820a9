import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from permq.metrics.catalogue import CATALOGUE
from permq.metrics.exporter import Exporter
from permq.metrics.totals import Totals, Work
from permq.pool.connection import connect, transaction

SAMPLE = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\.)*",?)+)\})? (\S+)')


def parse(page):
    """Values by name and labels, as a reader of the format would take them."""
    values, kinds = {}, {}
    for line in page.splitlines():
        if line.startswith("# TYPE "):
            kinds[line.split()[2]] = line.split()[3]
        elif not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            values[(name, *re.findall(r'="((?:[^"\\]|\\.)*)"', labels or ""))] = float(value)
    assert {name for name, *_ in values} == set(kinds)
    return values


def read(url):
    """One page of a new exporter."""
    page, up = Exporter(url, "1.2.3", lambda line: None).page()
    assert up, page
    return parse(page)


def count_queries(monkeypatch):
    """Times that Postgres was read."""
    from permq.metrics import exporter

    times = []

    def counted(cursor, totals):
        times.append(time.monotonic())
        return read_once(cursor, totals)

    read_once = exporter.read
    monkeypatch.setattr(exporter, "read", counted)
    return times


def test_a_working_fleet_tells_everything_that_the_catalogue_lists(pool):
    alpha, beta = pool.node("alpha"), pool.node("beta")
    job = pool.job("running", node=alpha, rate=1400.0)
    pool.job("ready", waited=90.0)
    pool.job("done", kind="surgery")
    pool.slice(job, 0, alpha, ago=30.0)
    pool.slice(job, 1, beta, steps=500, ago=3000.0)
    cost = pool.find((1, 0, 2, 3, 4))
    label = (pool.row.name, pool.row.fingerprint[:12])
    pool.rows("INSERT INTO dead_letters (reason, body) VALUES ('unknown', '{}')")
    pool.rows("INSERT INTO incoming (puzzle_id, permutation) VALUES (%s, '{1}')", pool.row.id)
    values = read(pool.url)
    assert values["permq_up",] == 1
    assert values["permq_build_info", "1.2.3"] == 1
    assert values["permq_jobs", "running", "anneal"] == 1
    assert values["permq_jobs", "done", "surgery"] == 1
    assert values["permq_jobs", "running", "surgery"] == 0
    assert values["permq_backlog_jobs", "heavy"] == 1
    assert values["permq_backlog_age_seconds", "heavy"] >= 90
    assert values["permq_slices_total", "alpha"] == 1
    assert values["permq_steps_total", "alpha"] == 1000
    assert values["permq_steps_total", "beta"] == 500
    assert values["permq_slices_per_second", "alpha"] == pytest.approx(1 / 60)
    assert values["permq_slices_per_second", "beta"] == 0
    assert values["permq_steps_per_second", "alpha"] == 1400
    assert values["permq_pool_best_cost", *label] == pytest.approx(cost)
    assert values["permq_pool_improvement_age_seconds", *label] >= 0
    assert values["permq_puzzle_solved", *label] == 0
    assert values["permq_puzzle_unfinished_jobs", *label] == 2
    assert values["permq_pool_solutions",] == 1
    assert values["permq_nodes", "live"] == 2
    assert values["permq_node_info", "alpha", 'Apple \\"M4\\"', "arm64", "0"] == 1
    assert values["permq_node_slots", "alpha"] == 8
    assert values["permq_node_running_jobs", "alpha"] == 1
    assert values["permq_dead_letters_total",] == 1
    assert values["permq_incoming_pending",] == 1

    pool.find()
    solved = read(pool.url)
    assert solved["permq_puzzle_solved", *label] == 1
    assert solved["permq_puzzle_solved_age_seconds", *label] >= 0
    assert {name for name, *_ in solved} == {metric.name for metric in CATALOGUE}


def test_an_empty_database_has_a_page_too(postgres_url):
    values = read(postgres_url)
    assert values["permq_up",] == 1
    assert values["permq_pool_solutions",] == 0


def test_the_newest_improvement_is_the_best_solution_and_not_the_newest_one(pool):
    pool.find()
    pool.rows("UPDATE solutions SET found_at = found_at - interval '1 hour'")
    pool.find((1, 0, 2, 3, 4))
    label = (pool.row.name, pool.row.fingerprint[:12])
    assert read(pool.url)["permq_pool_improvement_age_seconds", *label] >= 3600


def test_a_node_that_is_silent_is_dead_and_one_that_signed_off_is_gone(pool):
    for name in ("alpha", "beta", "gamma"):
        pool.node(name)
    pool.rows("UPDATE nodes SET heartbeat = heartbeat - interval '70 s' WHERE name = 'alpha'")
    pool.rows("UPDATE nodes SET state = 'gone' WHERE name = 'beta'")
    values = read(pool.url)
    assert values["permq_node_state", "alpha", "dead"] == 1
    assert values["permq_node_heartbeat_age_seconds", "alpha"] >= 70
    assert ("permq_node_heartbeat_age_seconds", "beta") not in values
    assert [values["permq_nodes", state] for state in ("live", "dead", "gone")] == [1, 1, 1]


def test_totals_are_the_same_however_often_they_are_read(pool):
    """Also across the border between settled slices and fresh ones, and after a restore."""
    alpha = pool.node("alpha")
    job = pool.job("running", node=alpha)
    for number, ago in enumerate((7000.0, 310.0, 290.0, 1.0)):
        pool.slice(job, number, alpha, ago=ago)
    ((now,),) = pool.rows("SELECT clock_timestamp()")
    totals = Totals()

    def steps(after):
        with transaction(pool.connection) as cursor:
            return totals.read(cursor, now + timedelta(seconds=after))

    whole = {"alpha": Work(4, 4000)}
    assert steps(0) == whole
    assert steps(0) == whole
    assert steps(20) == whole
    pool.slice(job, 4, alpha)
    assert steps(40) == {"alpha": Work(5, 5000)}
    assert steps(400) == {"alpha": Work(5, 5000)}
    pool.slice(job, 5, alpha, ago=9000.0)
    assert steps(700) == {"alpha": Work(6, 6000)}
    assert steps(-100) == {"alpha": Work(6, 6000)}


def test_many_who_ask_at_once_cost_one_reading(pool, monkeypatch):
    times = count_queries(monkeypatch)
    exporter = Exporter(pool.url, "1", lambda line: None)
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda _: exporter.page(), range(32)))
    assert all(up for _, up in pages)
    # a second may have passed on a busy machine, but not one by one
    assert len(times) <= 3


def test_an_exporter_only_reads(pool, monkeypatch):
    from permq.metrics import exporter
    from permq.metrics.reading import read as read_rows

    def writes(cursor, totals):
        read_rows(cursor, totals)
        cursor.execute("DELETE FROM settings")

    monkeypatch.setattr(exporter, "read", writes)
    told = []
    page, up = Exporter(pool.url, "1", told.append).page()
    assert not up
    assert parse(page)["permq_up",] == 0
    assert "read-only transaction" in told[0]


def test_a_database_without_a_schema_is_told_once(empty_postgres_url, monkeypatch):
    monkeypatch.setattr("permq.metrics.exporter.CACHE_SECONDS", 0.0)
    told = []
    exporter = Exporter(empty_postgres_url, "1", told.append)
    assert [exporter.page()[1] for _ in range(3)] == [False] * 3
    assert len(told) == 1
    assert 'relation "job_tallies" does not exist' in told[0]


def test_postgres_may_go_and_come_back(postgres_server, monkeypatch):
    monkeypatch.setattr("permq.metrics.exporter.CACHE_SECONDS", 0.0)
    told = []
    exporter = Exporter(postgres_server.url, "1", told.append, patience=60.0)
    assert exporter.page()[1]
    postgres_server.restart()
    assert exporter.page()[1]  # nobody asked in between
    assert told == []
    postgres_server.stop()
    page, up = exporter.page()
    assert not up
    assert set(parse(page)) == {("permq_up",), ("permq_build_info", "1")}
    exporter.page()
    postgres_server.start()
    assert exporter.page()[1]
    assert len(told) == 2
    assert told[1] == "Postgres answers again"


def test_a_postgres_that_hangs_keeps_nobody_waiting(postgres_server):
    told = []
    postgres_server.freeze()
    try:
        exporter = Exporter(postgres_server.url, "1", told.append, patience=0.1)
        assert [exporter.page()[1] for _ in range(3)] == [False] * 3
    finally:
        postgres_server.thaw()
    assert told == ["Postgres does not answer within 0.1 s"]
    while not exporter.page()[1]:
        pass
    assert told[-1] == "Postgres answers again"


@pytest.mark.slow
def test_no_query_walks_over_a_million_solutions(pool):
    pool.rows(
        "INSERT INTO solutions (puzzle_id, hash, permutation, cost, exact, solved, method)"
        " SELECT %s, encode(sha256(n::text::bytea), 'hex'), '{1,2,3}', 1 + random(), true, false,"
        " 'anneal' FROM generate_series(1, 20000) AS n",
        pool.row.id,
    )
    connection = connect(pool.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE solutions")
    connection.close()
    ((before,),) = pool.rows(
        "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'solutions'"
    )
    assert read(pool.url)["permq_pool_solutions",] == 20_000
    pool.rows("SELECT pg_stat_clear_snapshot()")
    ((after,),) = pool.rows(
        "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'solutions'"
    )
    # the first ten thousand are counted, by whatever way Postgres chooses
    assert after - before <= 10_000
