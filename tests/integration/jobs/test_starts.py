"""What jobs begin with: drawn at the first claim, kept, and shared where parts must begin alike."""

import pytest

from permq.jobs.starts import settle_start
from permq.jobs.submission import Order, submit
from permq.pool import claims, nodes, settings
from permq.pool.connection import transaction
from permq.pool.nodes import Registration
from permq.pool.solutions import record
from tests.nodes import step

NODE = Registration(
    "one", "here", 1, "test", False, "x86", None, "class", 8, 1.0, 100.0, ("heavy", "light"), "0"
)


@pytest.fixture
def claimed(connection, stored):
    with transaction(connection) as cursor:
        nodes.register(cursor, NODE)

    def claimed(*steps, **facts):
        done = submit(connection, Order(steps, puzzle=stored, seed=1, **facts))
        with transaction(connection) as cursor:
            return [
                claims.claim(
                    cursor,
                    letter.message.job,
                    letter.message.token,
                    node="one",
                    pid=7,
                    numeric_class="class",
                )
                for letter in done.letters
            ]

    return claimed


def test_what_was_drawn_at_the_first_claim_stays(connection, claimed, stored, wrong):
    (claim,) = claimed(step("anneal"))
    with transaction(connection) as cursor:
        first = settle_start(cursor, claim)
        record(cursor, stored.id, wrong(3))
        cursor.execute("SELECT start FROM jobs")
        ((kept,),) = cursor.fetchall()
    assert kept == first
    assert first["source"] in {"score", "random"}


def test_the_shares_of_seeds_can_be_changed_while_jobs_run(
    connection,
    claimed,
    stored,
    wrong,
):
    with transaction(connection) as cursor:
        record(cursor, stored.id, wrong(5))
        settings.put(cursor, "seed.random", "0")
        settings.put(cursor, "seed.score", "0")
        settings.put(cursor, "seed.elite", "1")
        settings.put(cursor, "seed.perturbation", "3")
    (claim,) = claimed(step("anneal"))
    with transaction(connection) as cursor:
        start = settle_start(cursor, claim)
    assert (start["source"], start["perturbation"]) == ("elite", 3)
    assert len(start["others"]) == 5


def test_what_improves_a_solution_begins_with_a_good_one_as_it_is(
    connection,
    claimed,
    stored,
    wrong,
):
    with transaction(connection) as cursor:
        record(cursor, stored.id, wrong(5))
    (claim,) = claimed(step("surgery"))
    with transaction(connection) as cursor:
        start = settle_start(cursor, claim)
    assert (start["source"], start["perturbation"]) == ("elite", 0)


def test_all_parts_of_a_sweep_begin_alike_whatever_comes_into_the_pool_between(
    connection,
    claimed,
    stored,
    wrong,
):
    parts = claimed(step("sweep", parts=4))
    assert len(parts) == 4
    starts = []
    for number, claim in enumerate(parts):
        with transaction(connection) as cursor:
            starts.append(settle_start(cursor, claim)["permutation"])
            record(cursor, stored.id, wrong(3 * number + 3))
    assert len(set(map(str, starts))) == 1
