"""What was found and could not be written stays with its process until it lies somewhere."""

import logging
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.pool.claims import Claim
from permq.pool.solutions import Found, check
from tests.nodes import EXAMPLE, step
from workers import keeping
from workers.keeping import keep
from workers.runtime import Runtime
from workers.spool import Spool


@pytest.fixture
def claim(fleet):
    row = fleet.add_puzzle()
    (job,) = fleet.submit(step("anneal"), puzzle=row).jobs
    return Claim(
        job=job,
        token=1,
        puzzle_id=row.id,
        kind="anneal",
        params={},
        seed=0,
        node_id=1,
        slice=0,
        steps_done=0,
        attempt=1,
        start=None,
        parent_solution_id=None,
        time_limit=None,
        worked=0.0,
        keep_going=True,
        claimed_at=datetime.now(UTC),
        fingerprint=row.fingerprint,
        puzzle="small",
    )


@pytest.fixture
def process(fleet, tmp_path):
    return Runtime("one", fleet.postgres_url, tmp_path)


def found():
    answer = Arrangement.read(EXAMPLE / "answer.txt")
    return [check(load_puzzle(EXAMPLE), Found(answer, "anneal"))]


def full(process):
    process.spool = Spool(process.data / "spool", max_bytes=1)


def test_the_spool_comes_first(fleet, process, claim):
    keep(process, claim, {}, found())
    ((_, spooled),) = process.spool.waiting()
    assert (spooled.job, spooled.found[0].arrangement) == (claim.job, found()[0].arrangement)
    assert fleet.rows("SELECT id FROM solutions") == []


def test_past_a_full_spool_it_goes_into_the_pool(fleet, process, claim):
    full(process)
    keep(process, claim, {}, found())
    assert fleet.rows("SELECT job_id, slice, node FROM discoveries") == [(claim.job, 0, "one")]
    assert fleet.rows("SELECT solved_at IS NOT NULL FROM puzzles") == [(True,)]


def test_with_both_away_it_is_told_once_and_tried_until_one_is_back(
    fleet, process, claim, monkeypatch, caplog
):
    full(process)
    tries = []

    def away_twice(action):
        tries.append(action)
        if len(tries) < 3:
            raise keeping.UnreachableError("Postgres cannot be reached")
        return action(process.connection)

    monkeypatch.setattr(process, "persist", away_twice)
    with caplog.at_level(logging.WARNING):
        keep(process, claim, {}, found())
    assert fleet.rows("SELECT count(*) FROM solutions") == [(1,)]
    (told,) = (line for line in caplog.messages if "the spool takes nothing" in line)
    assert found()[0].arrangement.text in told


def test_a_process_whose_parent_is_gone_does_not_wait_for_ever(process, claim, monkeypatch):
    full(process)
    process.postgres_url = "postgresql://127.0.0.1:1/none"
    monkeypatch.setattr(process, "persist", lambda action: action(process.connection))
    parents = iter([os.getppid(), 1])
    monkeypatch.setattr(keeping.os, "getppid", lambda: next(parents))
    keep(process, claim, {}, found())


def test_what_the_pool_refuses_is_told_and_given_up(process, claim, caplog):
    full(process)
    keep(process, replace(claim, puzzle_id=99), {}, found())
    assert "the pool refuses" in caplog.text
