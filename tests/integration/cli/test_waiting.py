"""`permq submit --wait` and `permq watch` while jobs are worked on."""

import contextlib
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time

import pytest

from permq.cli import job_wait, watch
from permq.pool import jobs as pool_jobs
from permq.pool.connection import transaction


@pytest.fixture
def beside(fleet):
    """Run something as soon as a number of jobs is assigned, beside the command under test."""
    threads, errors = [], []

    def start(count, work):
        def run():
            try:
                query = "SELECT id FROM jobs WHERE state = 'assigned' ORDER BY id"
                deadline = time.monotonic() + 30
                while len(rows := fleet.rows(query)) < count:
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
                work([job for (job,) in rows])
            except BaseException as error:
                errors.append(error)
                raise

        thread = threading.Thread(target=run)
        thread.start()
        threads.append(thread)

    yield start
    for thread in threads:
        thread.join()
    assert not errors


def test_waiting_ends_with_the_best_of_the_jobs(permq, fleet, beside):
    fleet.node("alpha")
    answer = fleet.arrangement(1, 0, 2, 3, 4)

    def work(jobs):
        fleet.finish(fleet.claim(jobs[0]), answer=fleet.arrangement(4, 3, 2, 1, 0))
        fleet.finish(fleet.claim(jobs[1]), answer=answer)

    beside(2, work)
    done = permq("submit", "anneal", "--count", 2, "--wait", "--json")
    assert done.code == 0, done.err
    assert done.json["counts"] == {"done": 2}
    ((cost,),) = fleet.rows("SELECT min(cost) FROM solutions")
    assert done.json["best"]["cost"] == cost
    assert done.json["solved"] is False


def test_a_failure_ends_with_1_and_its_reason(permq, fleet, beside):
    fleet.node("alpha")

    def work(jobs):
        fleet.fail(fleet.claim(jobs[0]))
        with transaction(fleet.connection) as cursor:
            pool_jobs.settle_children(cursor, jobs)

    beside(1, work)
    done = permq("submit", "anneal", "--then", "refine", "--wait")
    assert done.code == 1
    assert "(anneal) failed: ValueError: wrong" in done.out
    assert "(refine) blocked" in done.out


def test_what_is_called_off_ends_with_4(permq, fleet, beside):
    fleet.node("alpha")

    def work(jobs):
        with transaction(fleet.connection) as cursor:
            pool_jobs.cancel(cursor, jobs)

    beside(1, work)
    assert permq("submit", "anneal", "--wait").code == 4


def test_everybody_is_told_when_the_puzzle_is_solved(permq, fleet, beside):
    fleet.node("alpha", slots=1)

    def work(jobs):
        claim = fleet.claim(jobs[0])
        fleet.finish(claim, answer=fleet.answer)
        with transaction(fleet.connection) as cursor:
            pool_jobs.end_searches(cursor, fleet.row.id, claim.job, "the puzzle is solved")

    beside(1, work)
    done = permq("submit", "anneal", "--count", 3, "--wait")
    assert done.code == 0, done.err
    ((job,),) = fleet.rows("SELECT id FROM jobs WHERE state = 'done'")
    assert f"solved by job {job}: sha256 {fleet.answer.sha256}" in done.out
    assert "1 done, 2 cancelled" in done.out


def test_an_interrupt_leaves_the_jobs_and_says_how_to_end_them(permq, fleet, monkeypatch):
    def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(job_wait.time, "sleep", interrupted)
    done = permq("submit", "anneal", "--wait")
    assert done.code == 130
    assert "permq cancel --submission 1" in done.out
    assert fleet.rows("SELECT state FROM jobs") == [("ready",)]


def test_a_job_recognised_as_the_same_is_waited_for(permq, fleet, beside):
    permq("submit", "anneal", "--seed", 3)
    fleet.node("alpha")
    permq("submit", "noop", "--node", "alpha")
    beside(2, lambda jobs: fleet.finish(fleet.claim(jobs[0])))
    done = permq("submit", "anneal", "--seed", 3, "--wait", "--json")
    assert done.json["jobs"] == []
    assert (done.code, done.json["counts"]) == (0, {"done": 1})


def test_watching_prints_a_line_for_every_change_until_idle(permq, fleet, beside):
    fleet.node("alpha")
    permq("submit", "anneal")
    beside(1, lambda jobs: fleet.finish(fleet.claim(jobs[0]), answer=fleet.answer))
    done = permq("watch", "--until-idle", "--interval", "0.1")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert any("node alpha live" in line for line in lines)
    assert any("1 done" in line for line in lines)
    assert any("*** SOLVED" in line and fleet.answer.sha256 in line for line in lines)


def test_one_moment_is_shown_as_a_page_or_json(permq, fleet):
    fleet.node("alpha")
    (job,) = permq("submit", "anneal", "--json").json["jobs"]
    fleet.renew(fleet.claim(job), 5_000)
    text = permq("watch", "--once").out
    assert "1 running" in text
    assert "alpha" in text
    facts = permq("watch", "--once", "--json").json
    assert facts["running"][0]["steps_done"] == 5_000
    assert facts["nodes"][0]["name"] == "alpha"
    assert facts["idle"] is False


def test_watching_as_json_is_an_object_for_every_look(permq, fleet):
    done = permq("watch", "--until-idle", "--json", "--puzzle", fleet.row.name)
    (line,) = done.out.splitlines()
    assert json.loads(line)["puzzles"][0]["name"] == fleet.row.name


def test_in_a_terminal_it_is_a_page_that_leaves_the_screen_as_it_was(fleet):
    fleet.node("alpha")
    terminal, end = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 60, 0, 0))
    words = [sys.executable, "-m", "permq", "watch", "--until-idle"]
    with subprocess.Popen(words, stdin=end, stdout=end, stderr=end) as process:
        os.close(end)
        shown = b""
        with contextlib.suppress(OSError):  # Linux' way to say that the other end is closed
            while part := os.read(terminal, 65536):
                shown += part
    os.close(terminal)
    assert process.returncode == 0
    page, _, left = shown.decode().partition(watch.LEAVE)
    assert watch.ENTER in page
    assert "alpha" in page
    assert "permq watch" in left
    assert "\x1b" not in left
