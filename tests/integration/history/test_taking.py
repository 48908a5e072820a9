"""Snapshots of a real pool."""

import psycopg2
import pytest

from permq.errors import MissingDataError
from permq.history.probe import STRATA
from permq.history.taking import probe, take
from permq.pool import history, jobs
from permq.pool.connection import transaction
from permq.pool.solutions import Found, check, record


def found(connection, row, checked, **where):
    with transaction(connection) as cursor:
        return record(cursor, row.id, checked, **where)


def snapshots(connection, row, *more, **given):
    with transaction(connection) as cursor:
        return history.snapshots(cursor, row.id, *more, **given)


def new_job(connection, row, kind="history", state=None):
    made = jobs.NewJob(kind=kind, work_class="light", params={}, seed=1, puzzle_id=row.id)
    with transaction(connection) as cursor:
        _, (job,) = jobs.insert(cursor, [made], command="", base_seed=1, code_version="0")
        if state:
            cursor.execute(
                "UPDATE jobs SET state = %s, ended_at = clock_timestamp() WHERE id = %s",
                (state, job),
            )
    return job


def test_a_snapshot_says_what_the_pool_holds(connection, stored, toy, wrong):
    checked = wrong(9)
    found(connection, stored, checked, node="one")
    taken = take(connection, stored.id, toy[0])
    (row,) = snapshots(connection, stored, placement=True)
    costs = sorted(one.verification.mse for one in checked)
    assert (row.id, row.event, row.solutions) == (taken.id, "request", 9)
    assert (row.best_cost, row.median_cost) == (costs[0], costs[4])
    assert row.permutation == taken.best.permutation
    assert row.numbers == taken.snapshot.numbers()
    assert row.numbers["methods"] == {"test": 1.0}
    assert row.numbers["nodes"] == {"one": 1.0}
    assert len(row.placement) == len(row.numbers["agreement"]) == 5
    assert sum(share for *_, share in row.placement[0]) == pytest.approx(1, abs=1e-3)
    assert set(row.numbers["probe"]) == set(STRATA)


def test_an_empty_pool_has_no_snapshot(connection, stored, toy):
    with pytest.raises(MissingDataError, match="no solution"):
        take(connection, stored.id, toy[0])


def test_the_probe_set_is_chosen_once(connection, stored, toy):
    puzzle, _ = toy
    one = probe(connection, stored.id, puzzle)
    other = probe(connection, stored.id, puzzle)
    assert one.rows.tolist() == other.rows.tolist()
    with transaction(connection) as cursor:
        history.keep_probe(cursor, stored.id, [0], ["easy"])
        assert history.probe(cursor, stored.id) == (one.rows.tolist(), one.names)


def test_the_same_pool_gives_the_same_numbers(connection, stored, toy, wrong):
    found(connection, stored, wrong(9))
    one, other = (take(connection, stored.id, toy[0]) for _ in range(2))
    first, second = one.snapshot.numbers(), other.snapshot.numbers()
    assert (first.pop("drift"), second.pop("drift")) == (None, 0.0)
    assert first == second


def test_a_job_that_is_done_twice_makes_one_snapshot(connection, stored, toy, wrong):
    found(connection, stored, wrong(3))
    job = new_job(connection, stored)
    one = take(connection, stored.id, toy[0], job_id=job, event="timer")
    other = take(connection, stored.id, toy[0], job_id=job, event="timer")
    assert one.id == other.id
    assert [row.job_id for row in snapshots(connection, stored)] == [job]


@pytest.mark.parametrize("table", ["snapshots", "probes"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET puzzle_id = 1"])
def test_history_is_only_ever_added_to(connection, stored, toy, wrong, table, change):
    found(connection, stored, wrong(3))
    take(connection, stored.id, toy[0])
    with pytest.raises(psycopg2.Error, match="only ever added to"), connection.cursor() as cursor:
        cursor.execute(change.format(table))
    connection.rollback()
    assert len(snapshots(connection, stored)) == 1


def test_many_snapshots_are_thinned_evenly(connection, stored, toy, wrong):
    found(connection, stored, wrong(2))
    made = [take(connection, stored.id, toy[0]).id for _ in range(11)]
    assert [row.id for row in snapshots(connection, stored)] == made
    assert [row.id for row in snapshots(connection, stored, 3)] == [made[0], made[5], made[10]]
    assert [row.id for row in snapshots(connection, stored, 11)] == made
    assert snapshots(connection, stored, 2)[1].placement is None


def test_improvements_are_what_was_best_when_it_was_found(connection, stored, toy, wrong):
    checked = sorted(wrong(6), key=lambda one: -one.verification.mse)
    order = [checked[1], checked[3], checked[2], checked[0], checked[5]]
    for one in order:
        found(connection, stored, [one])
    puzzle, answer = toy
    found(connection, stored, [check(puzzle, Found(answer, "swap"))])
    with transaction(connection) as cursor:
        rows = history.improvements(cursor, stored.id)
    wanted = [order[0], order[1], order[4]]
    assert [row.hash for row in rows] == [
        *(one.arrangement.sha256 for one in wanted),
        answer.sha256,
    ]
    assert rows[-1].solved


def test_acceptance_is_that_of_annealings_done_and_at_work(connection, stored):
    done, running = (
        new_job(connection, stored, "anneal", "done"),
        new_job(connection, stored, "anneal"),
    )
    with transaction(connection) as cursor:
        cursor.execute(
            "UPDATE jobs SET result = %s WHERE id = %s", ('{"acceptance": {"swap": 0.5}}', done)
        )
        body = (
            '{"body": {"search": {"proposed": {"swap": 10, "insertion": 4, "segment": 0},'
            ' "accepted": {"swap": 1, "insertion": 3, "segment": 0}}}}'
        )
        cursor.execute(
            "INSERT INTO checkpoints (job_id, slice, data) VALUES (%s, 1, %s)",
            (running, body.encode()),
        )
        facts = history.facts(cursor, stored.id)
    assert facts.acceptance == {"insertion": 0.75, "swap": pytest.approx(0.3)}
    assert facts.solutions == facts.speed == 0


def test_what_is_due(connection, stored, toy, wrong):
    def due(seconds=60.0):
        with transaction(connection) as cursor:
            return [(one.event, one.embed) for one in history.due(cursor, seconds)]

    assert due() == []
    checked = sorted(wrong(3), key=lambda one: -one.verification.mse)
    found(connection, stored, checked[:1])
    assert due() == [("improvement", True)]
    job = new_job(connection, stored)
    assert due() == [(None, True)]
    embedding = new_job(connection, stored, "embed")
    assert due() == []  # one of each waits
    take(connection, stored.id, toy[0], job_id=job)
    with transaction(connection) as cursor:
        best = history.snapshots(cursor, stored.id)[-1].best_id
        history.keep_embedding(cursor, stored.id, best, b"", job_id=embedding, device="cpu")
        cursor.execute("UPDATE jobs SET state = 'done' WHERE id IN (%s, %s)", (job, embedding))
    assert due() == due(0.0) == []  # nothing runs
    running = new_job(connection, stored, "anneal")
    with transaction(connection) as cursor:
        cursor.execute(
            "UPDATE jobs SET state = 'running', work_class = 'heavy' WHERE id = %s", (running,)
        )
    assert (due(), due(0.0)) == ([], [("timer", False)])
    found(connection, stored, checked[1:])
    assert due() == [("improvement", True)]
    new_job(connection, stored, "embed")
    assert due() == [("improvement", False)]
    new_job(connection, stored, state="waiting")  # for a stage that is far away
    assert due() == [("improvement", False)]
    new_job(connection, stored, state="failed")
    assert due() == []  # not again at once


def test_records_and_embeddings_are_kept(connection, stored, wrong):
    (solution, *_) = found(connection, stored, wrong(2))
    with transaction(connection) as cursor:
        assert history.training(cursor, stored.id) is None
        history.keep_training(cursor, stored.id, b"one")
        history.keep_training(cursor, stored.id, b"two")
        assert history.training(cursor, stored.id) == b"two"
        for content in (b"first", b"second"):
            history.keep_embedding(cursor, stored.id, solution, content, job_id=None, device="cpu")
        assert history.embedded(cursor, solution)
        (kept,) = history.embeddings(cursor, stored.id)
        assert (kept.solution_id, kept.content) == (solution, b"first")
        assert not history.gpu_lives(cursor)
