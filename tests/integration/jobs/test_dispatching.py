"""Long queues: no lane hides another from nodes that are idle."""

from dataclasses import replace

import pytest

from permq.jobs import dispatching
from permq.jobs.dispatching import dispatch
from permq.pool import assignments, jobs, nodes
from permq.pool.connection import transaction
from permq.pool.jobs import NewJob
from tests.integration.pool.test_jobs import NODE

LIGHT = NewJob("history", "light", {}, seed=1, priority=9)
HEAVY = NewJob("anneal", "heavy", {}, seed=1, steps=100_000)


@pytest.fixture
def queue(connection, monkeypatch):
    """Put in jobs in turn; the windows are small, so that a queue is soon longer than they are."""
    monkeypatch.setattr(dispatching, "LONGEST_OF", 8)
    monkeypatch.setattr(dispatching, "OTHERS", 4)

    def queue(*wanted: NewJob) -> list[int]:
        with transaction(connection) as cursor:
            return jobs.insert(cursor, wanted, command="", base_seed=1, code_version="0")[1]

    return queue


@pytest.fixture
def node(connection):
    def node(name: str, slots: int = 1, **facts) -> None:
        with transaction(connection) as cursor:
            nodes.register(cursor, replace(NODE, name=name, slots=slots, **facts))

    return node


@pytest.fixture
def handed_out(connection):
    def handed_out() -> dict[int, str]:
        with transaction(connection) as cursor:
            return {letter.message.job: letter.node for letter in dispatch(cursor)}

    return handed_out


def test_what_is_done_last_does_not_wait_behind_work_of_another_class(queue, node, handed_out):
    queue(*[HEAVY] * 60)
    (snapshot,) = queue(LIGHT)
    node("figures", classes=("light",))
    assert handed_out() == {snapshot: "figures"}


def test_brief_work_does_not_wait_behind_the_heavy(queue, node, handed_out):
    brief = NewJob("noop", "light", {}, seed=1, brief=True)
    queue(*[HEAVY] * 60)
    (job,) = queue(brief)
    node("busy", classes=("heavy",))
    node("idle", classes=("light",))
    assert handed_out()[job] == "idle"


def test_jobs_that_wait_for_one_node_do_not_hide_those_of_others(queue, node, handed_out):
    node("wanted")
    node("free")
    queue(*[replace(HEAVY, node="wanted")] * 60)
    last = queue(*[HEAVY] * 2)
    given = handed_out()
    assert sorted(given.values()) == ["free", "wanted"]
    assert {job for job, name in given.items() if name == "free"} <= set(last)


def test_begun_jobs_of_a_class_without_free_nodes_do_not_hide_new_ones(
    queue, node, handed_out, connection
):
    begun = queue(*[HEAVY] * 60)
    with transaction(connection) as cursor:
        cursor.execute("UPDATE jobs SET slice = 1, numeric_class = 'theirs'")
    (new,) = queue(HEAVY)
    node("full", slots=1, numeric_class="theirs")
    assert set(handed_out()) <= set(begun)
    node("ours", numeric_class="ours")
    assert handed_out() == {new: "ours"}


def test_the_urgent_of_a_long_queue_goes_first(queue, node, handed_out):
    queue(*[HEAVY] * 60)
    (urgent,) = queue(replace(HEAVY, priority=0))
    node("one")
    assert handed_out() == {urgent: "one"}


def test_why_a_job_waits_for_the_node_it_was_given_is_told_of_a_full_fleet(
    queue, node, handed_out, connection
):
    for number in range(6):
        node(f"node{number}")
    queue(*[HEAVY] * 60)
    assert len(handed_out()) == 6
    (forced,) = queue(replace(HEAVY, node="node3"))
    assert handed_out() == {}
    with transaction(connection) as cursor:
        cursor.execute("SELECT state, reason FROM jobs WHERE id = %s", (forced,))
        assert cursor.fetchall() == [("ready", None)]


def test_full_nodes_count_together_as_they_do_alone(queue, node, handed_out, connection):
    for number in range(6):
        node(f"node{number}", slots=2, speed=100.0 + number)
    node("idle", speed=1.0)
    queue(*[HEAVY] * 12)
    handed_out()
    with transaction(connection) as cursor:
        each = assignments.nodes_with_room(cursor)
        some = assignments.nodes_with_room(cursor, each=False)
    assert len(each) == 7
    assert len(some) == 4
    assert [row.name for row in some if row.id > 0] == ["idle"]
    for rows in (each, some):
        busy = [row for row in rows if row.held]
        assert sum(row.slots for row in busy) == 12
        assert sum(row.slots * row.speed for row in busy) == pytest.approx(2 * 615)
        assert (min(row.speed for row in busy), max(row.speed for row in busy)) == (100, 105)
