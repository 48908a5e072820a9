"""`permq submit` against real servers."""

import json

from redis import Redis


def test_many_jobs_get_seeds_of_their_own_in_one_submission(permq, fleet):
    done = permq("submit", "anneal", "--count", 5, "--seed", 7, "--json")
    assert done.code == 0, done.err
    facts = done.json
    assert facts["base_seed"] == 7
    rows = fleet.rows("SELECT id, submission_id, kind, seed, state FROM jobs ORDER BY id")
    assert [row[0] for row in rows] == facts["jobs"]
    assert {row[1] for row in rows} == {facts["submission"]}
    assert len({row[3] for row in rows}) == 5
    assert {row[4] for row in rows} == {"ready"}
    assert facts["sent"] == 0
    ((command,),) = fleet.rows("SELECT command FROM submissions")
    assert command == "permq submit anneal --count 5 --seed 7 --json"


def test_a_drawn_seed_is_printed(permq, fleet):
    done = permq("submit", "noop")
    ((seed,),) = fleet.rows("SELECT seed FROM jobs")
    assert f"base seed {seed}" in done.out


def test_work_goes_to_the_node_and_its_queue_gets_the_letter(permq, fleet, servers):
    fleet.node("alpha")
    done = permq("submit", "anneal", "--json")
    (job,) = done.json["jobs"]
    assert done.json["sent"] == 1
    with Redis.from_url(servers[1]) as client:
        names = [name.decode() for name in client.keys("node.alpha*")]
        (letter,) = [json.loads(text) for name in names for text in client.lrange(name, 0, -1)]
    assert letter["headers"]["task"] == "permq.anneal"
    assert letter["headers"]["argsrepr"] == f"({fleet.row.name}, anneal, job {job}, slice 0)"


def test_each_job_of_a_count_has_its_own_chain(permq, fleet):
    done = permq("submit", "anneal", "--count", 2, "--then", "surgery", "--then", "rotate:rows=64")
    assert done.code == 0, done.err
    edges = fleet.rows("SELECT parent_id, child_id FROM edges ORDER BY 1, 2")
    assert len(edges) == 4
    assert len({child for _, child in edges}) == 4
    ((rows,),) = fleet.rows("SELECT DISTINCT params->'rows' FROM jobs WHERE kind = 'rotate'")
    assert rows == 64


def test_a_join_is_one_child_of_all(permq, fleet):
    permq("submit", "anneal", "--count", 3, "--then", "surgery", "--then", "refine",
          "--join", "best")  # fmt: skip
    assert fleet.rows("SELECT kind, join_mode FROM jobs ORDER BY id")[3:] == [
        ("surgery", "best"),
        ("refine", None),
    ]
    assert len(fleet.rows("SELECT 1 FROM edges")) == 4


WRONG = [
    (["anneall"], "did you mean anneal?"),
    (["anneal", "--param", "stps=3"], "did you mean steps?"),
    (["anneal", "--param", "steps=0"], "must be at least 1"),
    (["anneal", "--param", "steps"], "needs a value"),
    (["anneal", "--param", "steps=3", "--param", "steps=4"], "given twice"),
    (["anneal", "--then", "refin"], "did you mean refine?"),
    (["anneal", "--then", "refine:rws=3"], "did you mean rows?"),
    (["anneal", "--puzzle", "nowhere"], "there is no puzzle 'nowhere'"),
    (["anneal", "--node", "nowhere"], "there is no node 'nowhere'"),
    (["anneal", "--node", "a b"], "no name of a node"),
    (["anneal", "--join", "best"], "--then"),
    (["anneal", "--count", "0"], "--count"),
    (["anneal", "--count", "100000", "--then", "refine"], "more than 100,000"),
    (["anneal", "--priority", "10"], "--priority"),
    (["anneal", "--seed", "-1"], "--seed"),
    (["anneal", "--time-limit", "nan"], "--time-limit"),
    (["anneal", "--time-limit", "inf"], "--time-limit"),
    (["zone", "--param", "lock=0-999"], "lock"),
]


def test_what_is_wrong_is_one_line_and_nothing_is_submitted(permq, fleet):
    for words, told in WRONG:
        done = permq("submit", *words, "--json")
        assert (done.code, done.out) == (2, ""), words
        assert told in json.loads(done.err)["error"]
    assert fleet.rows("SELECT 1 FROM jobs") == []


def test_a_solved_puzzle_needs_keep_going(permq, fleet):
    fleet.rows("UPDATE puzzles SET solved_at = clock_timestamp()")
    done = permq("submit", "anneal")
    assert done.code == 2
    assert "is solved" in done.err
    assert permq("submit", "anneal", "--keep-going").code == 0


def test_the_same_job_is_recognised_unless_again_is_said(permq, fleet):
    (job,) = permq("submit", "anneal", "--seed", 3, "--json").json["jobs"]
    second = permq("submit", "anneal", "--seed", 3, "--json").json
    assert (second["jobs"], second["submission"]) == ([], None)
    assert second["known"] == [{"job": job, "state": "ready"}]
    told = permq("submit", "anneal", "--seed", 3).out
    assert f"job {job} is the same and ready; --again does it again" in told
    assert len(permq("submit", "anneal", "--seed", 3, "--again", "--json").json["jobs"]) == 1


def test_a_rehearsal_shows_where_jobs_would_go_and_keeps_nothing(permq, fleet, servers):
    fleet.node("alpha", slots=1)
    words = ("submit", "anneal", "--count", 3, "--then", "refine", "--seed", 5, "--dry-run")
    facts = permq(*words, "--json").json
    assert [job["node"] for job in facts["jobs"]][:3].count("alpha") == 1
    assert facts["jobs"][0]["seed"] == 5
    assert facts["jobs"][3]["waits"] == "after 1"
    told = permq(*words).out
    assert "nothing was submitted" in told
    assert "1 to alpha" in told
    assert fleet.rows("SELECT 1 FROM jobs") == fleet.rows("SELECT 1 FROM submissions") == []
    with Redis.from_url(servers[1]) as client:
        assert client.keys("node.*") == []


def test_jobs_are_kept_while_redis_is_away(permq, fleet, monkeypatch):
    fleet.node("alpha")
    monkeypatch.setenv("PERMQ_REDIS_URL", "redis://127.0.0.1:1/0")
    done = permq("submit", "noop")
    assert done.code == 0
    assert "warning: Redis cannot be reached" in done.err
    assert len(fleet.rows("SELECT 1 FROM jobs")) == 1


def test_a_folder_is_added_to_the_pool(permq, servers, root):
    folder = root / "permq/examples/small"
    done = permq("submit", "anneal", "--puzzle", folder, "--json")
    assert done.code == 0, done.err
    assert len(done.json["fingerprint"]) == 64


def test_without_a_puzzle_that_is_said(permq, servers):
    done = permq("submit", "anneal")
    assert done.code == 2
    assert "permq puzzle add" in done.err
    assert permq("submit", "noop").code == 0


def test_parameters_of_a_kind_are_listed_without_any_server(permq):
    done = permq("submit", "anneal", "--parameters")
    assert done.code == 0
    assert "steps" in done.out
    facts = permq("submit", "anneal", "--parameters", "--json").json
    assert {"name", "type", "default", "help"} <= set(facts["parameters"][0])
