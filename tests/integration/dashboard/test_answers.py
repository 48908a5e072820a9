"""Every answer of the dashboard says what the database says."""

import json

import numpy as np
import pytest

from permq.diagnosis.agreement import LOCKED, MIXED
from permq.history.embedding import States, states_on_processor
from permq.history.probe import STRATA
from permq.history.taking import probe, take
from permq.pool import history, solutions
from permq.pool.connection import transaction
from tests.dashboards import Pool


@pytest.fixture
def served(pool, serve):
    return serve(pool.url)


def of_puzzle(served, pool, name):
    answer = served.ask(f"/api/puzzles/{pool.row.id}/{name}")
    assert answer.status == 200, answer.body
    return answer.json


def test_jobs_and_nodes_are_those_of_the_database(served, pool):
    node = pool.node("mac", slots=3)
    running = pool.job(
        "running", node_id=node, rate=120.5, steps_done=30, steps_total=100, best_cost=1e-5
    )
    ready, failed = pool.job("ready"), pool.job("failed", error="no memory")
    told = served.ask("/api/overview").json
    assert told["counts"] == {"ready": 1, "running": 1, "failed": 1}
    assert [job["id"] for job in told["jobs"]] == [running, ready, failed]
    first, _, last = told["jobs"]
    assert (first["node"], first["steps_done"], first["best_cost"]) == ("mac", 30, 1e-5)
    assert last["error"] == "no memory"
    assert told["puzzles"][0]["id"] == pool.row.id
    (shown,) = told["nodes"]
    assert (shown["name"], shown["running"], shown["rate"], shown["slots"]) == ("mac", 1, 120.5, 3)
    assert told["fleet"] == {"nodes": 1, "live": 1, "slots": 3, "rate": 120.5}
    assert b"secret-host" not in served.ask("/api/overview").body


def test_of_very_many_nodes_some_are_listed_and_all_are_counted(served, pool):
    for number in range(60):
        pool.node(f"node{number:02}", slots=2)
    pool.rows("UPDATE nodes SET heartbeat = now() - interval '1 hour' WHERE name = 'node58'")
    busy = pool.rows("SELECT id FROM nodes WHERE name = 'node59'")[0][0]
    pool.job("running", node_id=busy, rate=10.0)
    told = served.ask("/api/overview").json
    names = [node["name"] for node in told["nodes"]]
    assert names == [*(f"node{number:02}" for number in range(38)), "node58", "node59"]
    assert told["fleet"] == {"nodes": 60, "live": 59, "slots": 118, "rate": 10.0}


def test_a_cost_that_is_no_number_is_null(served, pool):
    pool.job("running", current_cost=float("inf"), best_cost=float("nan"))
    (job,) = served.ask("/api/overview").json["jobs"]
    assert (job["current_cost"], job["best_cost"]) == (None, None)


def test_convergence_holds_every_solution_and_marks_the_records(served, pool):
    pool.find(30)
    told = of_puzzle(served, pool, "convergence")
    rows = pool.rows("SELECT id, cost, method FROM solutions ORDER BY found_at, id")
    points = told["points"]
    columns = zip(points["id"], points["cost"], points["method"], strict=True)
    assert list(columns) == rows
    costs = [cost for _, cost, _ in rows]
    assert told["records"] == [
        place for place in range(len(costs)) if costs[place] < min(costs[:place], default=np.inf)
    ]
    ((best, count),) = pool.rows("SELECT min(cost), count(*) FROM solutions")
    assert (told["best"]["cost"], told["solutions"], told["more"]) == (best, count, False)


def test_of_a_large_pool_the_records_stay_exact_where_it_counts(served, pool, monkeypatch):
    monkeypatch.setattr("permq.dashboard.course.EACH_END", 5)
    monkeypatch.setattr("permq.dashboard.course.OF_A_STRETCH", 1)
    monkeypatch.setattr("permq.dashboard.course.STRETCHES", 4)
    monkeypatch.setattr("permq.dashboard.course.EXACT", 20)
    pool.find(60)
    told = of_puzzle(served, pool, "convergence")
    assert (told["solutions"], told["more"]) == (20, True)
    points = told["points"]
    assert len(points["id"]) < 30
    ((best, last),) = pool.rows(
        "SELECT min(cost), (SELECT id FROM solutions ORDER BY found_at DESC LIMIT 1) FROM solutions"
    )
    assert points["cost"][told["records"][-1]] == best
    assert points["id"][-1] == last
    assert points["at"] == sorted(points["at"])


def test_agreement_and_placement_are_those_of_the_best(served, pool):
    pool.find(20)
    told = of_puzzle(served, pool, "consensus")
    with transaction(pool.connection) as cursor:
        rows = solutions.top(cursor, pool.row.id, 100)
    assert told["solutions"] == len(rows)
    first = [row.permutation[:2] for row in rows]
    assert told["share"][0] == max(first.count(block) for block in first) / len(rows)
    assert told["layers"] == list(rows[0].permutation[0:-1:2])
    locked, mixed = told["bounds"]
    assert (locked, mixed) == (LOCKED, MIXED)
    for share, zone in zip(told["share"], told["zone"], strict=True):
        assert zone == ("locked" if share >= locked else "mixed" if share >= mixed else "uncertain")
    weight = {(position, layer): share for position, layer, share in told["placement"]}
    assert weight[0, 0] == max(share for (at, _), share in weight.items() if at == 0)


def test_history_is_that_of_the_snapshots(served, pool):
    for swaps in (3, 1, 0):
        pool.find(8, swaps=swaps)
        take(pool.connection, pool.row.id, pool.puzzle)
    told = of_puzzle(served, pool, "history")
    rows = pool.rows("SELECT id, best_cost, median_cost, solutions FROM snapshots ORDER BY id")
    shown = [
        (one["id"], one["best_cost"], one["median_cost"], one["solutions"])
        for one in told["snapshots"]
    ]
    assert shown == rows
    assert [one["id"] for one in told["radar"]] == [one[0] for one in rows]
    # the last snapshot's best is the answer itself
    assert told["radar"][-1]["values"][:2] == [1.0, 1.0]
    assert {tuple(cell[:2]): cell[2] for cell in told["drift"]}[0, 0] == 0
    assert told["known"] is True
    (places,) = told["calibration"]
    assert places["name"] == "placement"
    assert 0 <= places["error"] <= 1


def test_both_kinds_of_probabilities_are_calibrated_from_what_is_stored(served, pool):
    pool.find(3, swaps=0)
    take(pool.connection, pool.row.id, pool.puzzle)
    first, second, *rest = zip(pool.answer.inputs, pool.answer.outputs, strict=True)
    sure = [[inp, out, 1.0] for inp, out in rest]
    doubtful = [[*first, 0.75], [first[0], second[1], 0.25], [*second, 0.75]]
    for probable in ([[*first, 0.1]], sure + doubtful):  # the newest one counts
        told = json.dumps({"probable": probable})
        pool.job("done", kind="pair", work_class="light", result=told)
    _, pairs = of_puzzle(served, pool, "history")["calibration"]
    assert pairs["name"] == "pairing"
    assert [(one["said"], one["seen"], one["count"]) for one in pairs["bins"]] == [
        (0.25, 0.0, 1),
        (0.75, 1.0, 2),
        (1.0, 1.0, len(rest)),
    ]
    assert pairs["error"] == pytest.approx((1 * 0.25 + 2 * 0.25) / (3 + len(rest)))


def test_the_embedding_has_a_point_for_every_probe_row(served, pool):
    (number,) = pool.find(1, swaps=0)
    rows = probe(pool.connection, pool.row.id, pool.puzzle)
    indices = pool.puzzle.indices(pool.answer)
    states = states_on_processor(pool.puzzle, *indices, pool.puzzle.x[rows.rows])
    strata = np.array([STRATA.index(name) for name in rows.names])
    packed = States(np.array([0, 6]), strata, states[[0, -1]]).pack()
    with transaction(pool.connection) as cursor:
        history.keep_embedding(cursor, pool.row.id, number, packed, job_id=None, device="cpu")
    told = of_puzzle(served, pool, "embedding")
    assert (told["solution"], told["depth"], told["strata"]) == (number, 6, list(STRATA))
    assert len(told["points"]) == len(told["stratum"]) == len(rows.rows)


def test_figures_are_the_newest_of_every_name(served, pool):
    job = pool.job("done", kind="figures")
    later = pool.job("done", kind="figures")
    keep = (
        "INSERT INTO artifacts (puzzle_id, job_id, name, kind, media_type, content)"
        " VALUES (%s, %s, %s, 'figures', %s, %s) RETURNING id"
    )
    pool.rows(keep, pool.row.id, job, "loo", "image/png", b"old")
    ((new,),) = pool.rows(keep, pool.row.id, later, "loo", "image/png", b"new")
    pool.rows(keep, pool.row.id, later, "loo", "image/svg+xml", b"<svg/>")
    ((drawn,),) = pool.rows(keep, pool.row.id, later, "trace", "image/svg+xml", b"<svg/>")
    ((text,),) = pool.rows(keep, pool.row.id, later, "notes", "text/html", b"<script>")
    told = of_puzzle(served, pool, "figures")
    assert [(one["name"], one["id"]) for one in told] == [("loo", new), ("trace", drawn)]
    answer = served.ask(f"/api/pictures/{new}")
    assert (answer.body, answer.headers["Content-Type"]) == (b"new", "image/png")
    # pictures opened on their own run nothing
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert served.ask(f"/api/pictures/{text}").status == 404
    assert served.ask("/api/pictures/999999").status == 404


def test_the_board_counts_the_runs(served, pool):
    pool.rows(
        "INSERT INTO regimes (regime, puzzle_id, recipe, answer) VALUES ('deep', %s, '{}', '{1}')",
        pool.row.id,
    )
    ((bench,),) = pool.rows(
        "INSERT INTO benches (suite, spec, version, command) VALUES ('hard', '{}', '1', 'x')"
        " RETURNING id"
    )
    for seed, solved, verdict in ((1, True, "exact"), (2, False, "order")):
        ((submission,),) = pool.rows(
            "INSERT INTO submissions (command, base_seed) VALUES ('x', 1) RETURNING id"
        )
        pool.rows(
            "INSERT INTO runs (bench_id, submission_id, solver, settings, puzzle_id, regime, seed,"
            " version, state, solved, verdict) VALUES (%s, %s, 'solve', '{}', %s, 'deep', %s, '1',"
            " 'done', %s, %s)",
            *(bench, submission, pool.row.id, seed, solved, verdict),
        )
    told = served.ask("/api/board").json
    assert (told["regimes"], told["columns"]) == (["deep"], [{"solver": "solve", "version": "1"}])
    (cell,) = told["cells"]
    assert (cell["runs"], cell["ended"], cell["solved"]) == (2, 2, 1)
    assert cell["verdicts"] == ["order"]


def test_an_empty_pool_has_nothing_to_tell(served, pool):
    assert of_puzzle(served, pool, "convergence")["points"]["id"] == []
    assert of_puzzle(served, pool, "consensus") is None
    assert of_puzzle(served, pool, "history")["snapshots"] == []
    assert of_puzzle(served, pool, "embedding") is None
    assert of_puzzle(served, pool, "figures") == []
    assert served.ask("/api/board").json["regimes"] == []


def test_square_layers_may_stand_anywhere(serve, postgres_url):
    pool = Pool(postgres_url)
    from permq.dashboard.consensus import compared

    pool.find(2)
    with transaction(pool.connection) as cursor:
        one, two = solutions.top(cursor, pool.row.id, 2)
    turned = list(two.permutation)
    turned[0], turned[1] = turned[1], turned[0]
    told = compared([one, type(two)(**{**vars(two), "permutation": tuple(turned)})])
    assert len(told["layers"]) == 6
    assert told["entropy"].shape == (6,)
    pool.close()


def test_no_answer_about_a_puzzle_walks_over_all_solutions(pool):
    from permq.dashboard.course import EACH_END, EXACT, OF_A_STRETCH, STRETCHES
    from permq.pool.queries import load

    given = {"stretches": STRETCHES, "each": OF_A_STRETCH, "puzzle": pool.row.id}
    for sql, limit in (("course", EACH_END), ("solutions", EXACT)):
        query = "EXPLAIN " + load("dashboard")[sql]
        with transaction(pool.connection) as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(query, {**given, "limit": limit})
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Index" in plan
        assert "Seq Scan on solutions" not in plan
