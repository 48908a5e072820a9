"""`permq nodes` and its benchmark."""

import threading
import time


def test_nodes_are_listed_with_what_they_do(permq, fleet):
    fleet.node("alpha", slots=8, speed=9000.0, apple=True)
    fleet.node("beta")
    fleet.rows("UPDATE nodes SET heartbeat = now() - interval '2 minutes' WHERE name = 'beta'")
    (job,) = permq("submit", "anneal", "--json").json["jobs"]
    fleet.renew(fleet.claim(job), 10, rate=123.0)
    told = permq("nodes").out
    assert max(map(len, told.splitlines())) <= 100
    alpha, beta = told.splitlines()[1:]
    assert ("Apple M4" in alpha, "live" in alpha, "1/8" in alpha) == (True, True, True)
    assert f"anneal {job}" in alpha
    assert "9,000  123" in alpha
    assert "dead" in beta
    facts = permq("nodes", "--json").json["nodes"]
    assert [node["name"] for node in facts] == ["alpha", "beta"]
    assert facts[0]["rate"] == 123.0


def test_without_nodes_that_is_said(permq, servers):
    assert "no node has registered yet" in permq("nodes").out
    done = permq("nodes", "benchmark")
    assert done.code == 2
    assert "no live node" in done.err


def test_the_benchmark_runs_the_same_job_on_every_node(permq, fleet):
    fleet.node("alpha", slots=1)
    fleet.node("beta", slots=1)
    fleet.node("render", classes=("render",))

    def work():
        query = "SELECT j.id, n.name FROM jobs j JOIN nodes n ON n.id = j.node_id"
        deadline = time.monotonic() + 30
        while len(rows := fleet.rows(query)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        for job, name in rows:
            claim = fleet.claim(job)
            steps = 4000 if name == "alpha" else 2000
            fleet.finish(claim, steps=steps, answer=fleet.arrangement(1, 0, 2, 3, 4))

    thread = threading.Thread(target=work)
    thread.start()
    done = permq("nodes", "benchmark", "--json")
    thread.join()
    assert done.code == 0, done.err
    alpha, beta = done.json["nodes"]
    assert (alpha["node"], alpha["relative"], beta["relative"]) == ("alpha", 1.0, 0.5)
    assert alpha["best_mse"] == beta["best_mse"]
    rows = fleet.rows("SELECT DISTINCT seed, params::text, priority, keep_going FROM jobs")
    assert len(rows) == 1


def test_a_node_that_dies_ends_the_benchmark_and_its_job(permq, fleet):
    fleet.node("alpha", slots=1)

    def die():
        deadline = time.monotonic() + 30
        while not fleet.rows("SELECT 1 FROM jobs"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        fleet.rows("UPDATE nodes SET state = 'gone'")

    thread = threading.Thread(target=die)
    thread.start()
    done = permq("nodes", "benchmark")
    thread.join()
    assert done.code == 1
    assert "the node is gone" in done.out
    assert fleet.rows("SELECT state FROM jobs") == [("cancelled",)]
