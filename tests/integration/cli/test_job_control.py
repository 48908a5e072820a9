"""`permq cancel`, `retry`, `pause` and `resume` against a real pool."""

from redis import Redis


def submitted(permq, *words):
    done = permq("submit", *words, "--json")
    assert done.code == 0, done.err
    return done.json["jobs"]


def states(fleet):
    return dict(fleet.rows("SELECT id, state FROM jobs"))


def test_a_job_is_cancelled_and_retried_with_what_follows_it(permq, fleet):
    job, child = submitted(permq, "anneal", "--then", "refine")
    assert permq("cancel", job).out == f"job {job} cancelled\n"
    assert states(fleet) == {job: "cancelled", child: "blocked"}
    told = permq("retry", job, "--json").json
    assert told["changed"] == [{"job": job, "state": "ready"}, {"job": child, "state": "waiting"}]
    assert states(fleet) == {job: "ready", child: "waiting"}


def test_a_running_job_is_told(permq, fleet):
    fleet.node("alpha")
    (job,) = submitted(permq, "anneal")
    claim = fleet.claim(job)
    assert "will end within seconds" in permq("cancel", job).out
    assert fleet.renew(claim, 1).cancel


def test_what_is_done_is_left_and_told(permq, fleet):
    fleet.node("alpha")
    (job,) = submitted(permq, "noop")
    fleet.finish(fleet.claim(job))
    done = permq("cancel", job)
    assert done.code == 0
    assert done.out == f"job {job} done: nothing to cancel\n"


def test_an_unknown_job_changes_nothing(permq, fleet):
    (job,) = submitted(permq, "anneal")
    done = permq("cancel", job, 99)
    assert (done.code, done.out) == (2, "")
    assert states(fleet) == {job: "ready"}


def test_without_a_job_that_is_said(permq, fleet):
    for words in ([], ["1", "--all"]):
        assert permq("cancel", *words).code == 2


def test_all_a_submission_or_a_kind_are_meant_by_options(permq, fleet):
    first = submitted(permq, "anneal", "--count", 2)
    (other,) = submitted(permq, "noop")
    assert [one["job"] for one in permq("pause", "--kind", "noop", "--json").json["changed"]] == [
        other
    ]
    permq("cancel", "--submission", 1)
    assert states(fleet) == dict.fromkeys(first, "cancelled") | {other: "ready"}
    assert permq("cancel", "--all").out == f"job {other} cancelled\n"
    assert permq("cancel", "--all").out == "no jobs to cancel\n"


def test_a_paused_job_waits_and_resuming_sends_it(permq, fleet, servers):
    (job,) = submitted(permq, "anneal")
    assert permq("pause", job).out == f"job {job} paused\n"
    fleet.node("alpha")
    submitted(permq, "noop")
    assert states(fleet)[job] == "ready"
    assert [one["state"] for one in permq("jobs", "--state", "paused", "--json").json["jobs"]] == [
        "ready"
    ]
    assert permq("resume", "--all", "--json").json["sent"] == 1
    assert states(fleet)[job] == "assigned"
    with Redis.from_url(servers[1]) as client:
        assert sum(client.llen(name) for name in client.keys("node.alpha*")) == 2
