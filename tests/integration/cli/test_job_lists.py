"""`permq jobs`, `show` and `logs` against a real pool."""

import threading

import pytest

from permq.pool import jobs as pool_jobs
from permq.pool.connection import transaction


def submitted(permq, *words):
    done = permq("submit", *words, "--json")
    assert done.code == 0, done.err
    return done.json["jobs"]


@pytest.fixture
def mixed(permq, fleet):
    """A job that is done, one that runs, one that failed with its child, one that waits."""
    fleet.node("alpha", slots=3)
    first, child = submitted(permq, "anneal", "--then", "refine")
    second, third = submitted(permq, "anneal", "--count", 2)
    fleet.fail(fleet.claim(first))
    with transaction(fleet.connection) as cursor:
        pool_jobs.settle_children(cursor, [first])
    fleet.finish(fleet.claim(second), answer=fleet.arrangement(1, 0, 2, 3, 4), result={"a": 1})
    claim = fleet.claim(third)
    fleet.renew(claim, 5000, rate=250.0)
    waiting, after = submitted(permq, "anneal", "--node", "alpha", "--then", "surgery")
    return {
        "failed": first,
        "blocked": child,
        "done": second,
        "running": third,
        "assigned": waiting,
        "waiting": after,
    }


def test_what_is_not_finished_comes_first(permq, mixed):
    facts = permq("jobs", "--json").json
    order = [mixed[n] for n in ("running", "assigned", "waiting", "done", "blocked", "failed")]
    assert [job["id"] for job in facts["jobs"]] == order
    assert facts["counts"] == dict.fromkeys(
        ("waiting", "assigned", "running", "done", "failed", "blocked"), 1
    )


def test_the_table_fits_the_page_and_tells_why_jobs_wait(permq, mixed):
    lines = permq("jobs").out.splitlines()
    assert max(map(len, lines)) <= 100
    row = {int(line.split()[0]): line for line in lines[1:-1]}
    assert "25%" in row[mixed["running"]]
    assert "250" in row[mixed["running"]]
    assert "1m00s" in row[mixed["running"]]
    assert f"after {mixed['assigned']}" in row[mixed["waiting"]]
    assert "ValueError: wrong" in row[mixed["failed"]]
    assert "its parent" in row[mixed["blocked"]]


FILTERS = [
    (["--state", "failed"], ["failed"]),
    (["--state", "ended"], ["done", "blocked", "failed"]),
    (["--kind", "surgery"], ["waiting"]),
    (["--node", "alpha"], ["running", "assigned", "waiting", "done", "failed"]),
    (["--submission", "1"], ["blocked", "failed"]),
    (["--state", "unfinished", "--limit", "1"], ["running"]),
]


def test_jobs_are_filtered(permq, mixed):
    for words, names in FILTERS:
        facts = permq("jobs", *words, "--json").json
        assert [job["id"] for job in facts["jobs"]] == [mixed[name] for name in names], words


def test_a_filter_on_what_does_not_exist_is_an_error(permq, fleet):
    for words in (
        ["--kind", "anneall"],
        ["--node", "nowhere"],
        ["--puzzle", "nowhere"],
        ["--submission", "9"],
        ["--state", "lost"],
    ):
        done = permq("jobs", *words)
        assert (done.code, done.out) == (2, ""), words


def test_an_empty_list_says_so(permq, fleet):
    assert permq("jobs").out == "no such jobs\n"


def test_show_tells_everything(permq, mixed, fleet):
    facts = permq("show", mixed["done"], "--json").json
    assert facts["state"] == "done"
    assert facts["params"]["steps"] == 20_000
    assert facts["result"] == {"a": 1}
    assert facts["slices"][0]["node"] == "alpha"
    assert facts["solutions"][0]["cost"] == facts["best_cost"]
    assert facts["sha256"] == fleet.arrangement(1, 0, 2, 3, 4).sha256
    told = permq("show", mixed["done"]).out
    assert "steps=20000" in told
    assert f"best {facts['best_cost']:.6g} over all rows" in told


def test_show_tells_errors_and_relatives(permq, mixed):
    failed = permq("show", mixed["failed"]).out
    assert "ValueError: wrong" in failed
    assert f"{mixed['blocked']} (refine, blocked)" in failed
    assert f"{mixed['failed']} (anneal, failed)" in permq("show", mixed["blocked"]).out


def test_an_unknown_job_is_an_error(permq, fleet):
    for command in ("show", "logs"):
        done = permq(command, 99)
        assert (done.code, done.out) == (2, "")
        assert "there is no job 99" in done.err


def test_logs_are_lines_of_one_job(permq, mixed, fleet):
    job = mixed["running"]
    with transaction(fleet.connection) as cursor:
        pool_jobs.log(cursor, "slice 0 begins", node="alpha", job=job)
        pool_jobs.log(cursor, "elsewhere", job=mixed["done"])
    told = permq("logs", job).out
    assert told.endswith("  alpha: slice 0 begins\n")
    (line,) = permq("logs", job, "--json").json["lines"]
    assert line["message"] == "slice 0 begins"


def test_logs_are_followed_to_the_end_of_the_job(permq, fleet):
    fleet.node("alpha")
    (job,) = submitted(permq, "noop")
    claim = fleet.claim(job)
    with transaction(fleet.connection) as cursor:
        pool_jobs.log(cursor, "first", job=job)

    def work():
        with transaction(fleet.connection) as cursor:
            pool_jobs.log(cursor, "last", job=job)
        fleet.finish(claim)

    timer = threading.Timer(0.2, work)
    timer.start()
    told = permq("logs", job, "--follow").out
    timer.join()
    assert [line.split()[-1] for line in told.splitlines()] == ["first", "last"]
