"""A tiny suite, from its file to its report, through a real worker."""

import json

import pytest

from permq.jobs import control
from permq.jobs.kind import IDLE


@pytest.fixture
def ran(servers, suite, permq):
    """The suite, run once by one node."""
    servers.started("one")
    done = permq("bench", "run", suite, "--wait", "--json")
    assert done.code == 0, done.err
    return servers, done.json


def test_a_suite_becomes_runs_views_and_a_report(ran, suite, permq, tmp_path):
    fleet, told = ran
    solve, walk = told["rows"]
    assert [solve["solver"], walk["solver"]] == ["solve", "walk"]
    assert (solve["regime"], solve["seed"], solve["node"]) == ("tiny-6", 1, "one")
    assert (solve["solved"], solve["verdict"]) == (True, "solved")
    assert (solve["pairs_right"], solve["positions_right"]) == (6, 6)
    assert solve["final_mse"] < 1e-10
    assert (walk["solved"], walk["settings"]["anneal.from"]) == (False, "random")
    assert walk["final_mse"] > 1e-6
    for row in (solve, walk):
        assert row["seconds"] > 0
        assert row["cpu_seconds"] > 0
        assert row["peak_memory"] > 1 << 20
        assert row["evaluations"] > 0
        assert 0 <= row["confidence"] <= 1
        assert row["version"]
    _slices_and_nodes_tell_what_was_taken(fleet)
    _the_same_regime_is_not_trained_again_and_begins_alone(fleet, suite, permq)
    _views_are_written(permq, tmp_path / "views", fleet)
    _reports_are_written_and_compared(permq, tmp_path / "report", fleet)
    _both_are_jobs_too(permq, tmp_path / "jobs", fleet)


def _slices_and_nodes_tell_what_was_taken(fleet):
    assert fleet.rows(
        "SELECT bool_and(cpu_seconds >= 0), bool_and(peak_memory > 0) FROM slices"
    ) == [(True, True)]
    ((memory,),) = fleet.rows("SELECT memory FROM nodes")
    assert memory > 1 << 28


def _the_same_regime_is_not_trained_again_and_begins_alone(fleet, suite, permq):
    before = fleet.rows("SELECT regime, puzzle_id, made_at FROM regimes")
    again = permq("bench", "run", suite, "--wait", "--json")
    assert fleet.rows("SELECT regime, puzzle_id, made_at FROM regimes") == before
    # the pool holds the answer by now: a run must not begin with it
    starts = fleet.rows("SELECT start FROM jobs WHERE id = ANY(%s)", again.json["jobs"])
    assert [start["source"] for (start,) in starts] == ["score", "score"]
    assert [start["others"] for (start,) in starts] == [[], []]
    assert not again.json["rows"][1]["solved"]
    changed = suite.with_name("changed.toml")
    changed.write_text(suite.read_text().replace("epochs = 30", "epochs = 31"))
    refused = permq("bench", "run", changed)
    assert (refused.code, "made with another epochs" in refused.err) == (2, True)


def _views_are_written(permq, folder, fleet):
    words = ("--view", "board", "--view", "heat_map", "--view", "roc", "--metric", "solved")
    done = permq("bench", "views", "--out", folder, *words, "--json").json
    assert {path.rsplit("/", 1)[1] for path in done["files"]} == {
        "board-tiny-solved.html",
        "board-tiny-solved.png",
        "heat_map-tiny-solved.html",
        "heat_map-tiny-solved.png",
    }
    assert done["skipped"][0]["what"] == "roc-tiny-solved"  # each solver has one class only
    lines = fleet.rows("SELECT message FROM logs WHERE message LIKE 'view of tiny: %%'")
    assert len(lines) == 4
    listed = permq("bench", "list", "--suite", "tiny", "--json")
    file = folder / "runs.json"
    file.write_text(listed.out)
    of_file = permq("bench", "views", file, "--out", folder, "--view", "board", "--json").json
    assert of_file["files"][0].endswith("board-runs-solved.html")


def _reports_are_written_and_compared(permq, folder, fleet):
    first = permq("report", "--out", folder, "--json").json
    assert "There is no earlier report to compare with." in first["facts"]
    text = (folder / "report.md").read_text()
    assert "| solve | 1 of 1 | 100.0% | 20.7% to 100.0% |" in text
    assert "| pairs, weights and data | 36 | 6 |" in text
    for line in text.splitlines():
        if line.startswith("!["):
            assert (folder / line.rpartition("(")[2].rstrip(")")).is_file()
    raw = json.loads((folder / "compute_metrics.json").read_text())
    assert raw["nodes"][0]["node"] == "one"
    assert raw["nodes"][0]["cpu_seconds"] == pytest.approx(
        sum(run["cpu_seconds"] for run in raw["runs"])
    )
    assert raw["provenance"]["run_ids"] == [3, 4]
    # another bench, judged worse by hand, is a regression against that report
    fleet.run("UPDATE reports SET summary = summary || '{\"bench\": 1}'")
    fleet.run("UPDATE runs SET solved = false WHERE bench_id = 2")
    notes = folder / "notes.md"
    notes.write_text("It was the weather.")
    second = permq("report", "--suite", "tiny", "--out", folder, "--notes", notes, "--json").json
    assert any(
        fact.startswith("Regression against report 1")
        and fact.endswith("solve on tiny-6: 1 of 1 before, 0 of 1 now.")
        for fact in second["facts"]
    )
    assert "## Analysis\n\nIt was the weather." in (folder / "report.md").read_text()
    of_puzzle = permq("report", "--puzzle", "tiny-6", "--out", folder / "puzzle", "--json")
    assert of_puzzle.json["about"].startswith("puzzle:")
    logged = fleet.rows("SELECT count(*) FROM logs WHERE message LIKE 'report %% about %%'")
    told = (first, second, of_puzzle.json)
    assert logged == [(sum(len(one["files"]) for one in told),)]


def _both_are_jobs_too(permq, folder, fleet):
    ((reports,),) = fleet.rows("SELECT count(*) FROM reports")
    # every view ends a slice
    fleet.run("INSERT INTO settings (key, value) VALUES ('slice.seconds', '0.1')")
    words = ("--param", "suites=tiny", "--param", "views=board,roc", "--param", "metrics=solved")
    done = permq("submit", "views", *words, "--wait", "--json")
    assert done.code == 0, done.err
    (job,) = done.json["jobs"]
    told = permq("show", job, "--json").json
    assert told["result"]["files"] == told["files"]
    assert {f"{view}-tiny-solved.png" for view in ("board", "roc")} <= set(told["files"])
    assert (told["work_class"], told["priority"]) == ("render", IDLE)
    assert "board-tiny-solved.html" in permq("show", job).out
    permq("show", job, "--out", folder)
    assert (folder / "board-tiny-solved.html").read_text().startswith("<!doctype html>")
    assert (folder / "board-tiny-solved.png").read_bytes().startswith(b"\x89PNG")
    words = ("--param", "suite=tiny", "--param", "notes=It was the weather.")
    (job,) = permq("submit", "report", *words, "--wait", "--json").json["jobs"]
    files = permq("show", job, "--out", folder / "report", "--json").json["files"]
    text = (folder / "report" / "report.md").read_text()
    assert "## Analysis\n\nIt was the weather." in text
    for line in text.splitlines():
        if line.startswith("!["):
            assert (folder / "report" / line.rpartition("(")[2].rstrip(")")).is_file()
    assert json.loads((folder / "report" / "compute_metrics.json").read_text())["runs"]
    names = [path.rsplit("/", 1)[1] for path in files]
    told = permq("show", job, "--json").json
    assert sorted(told["files"]) == sorted(names) == sorted(told["result"]["files"])
    assert fleet.rows("SELECT count(*) FROM reports") == [(reports + 1,)]
    logged = fleet.rows(
        "SELECT count(*) FROM logs WHERE job_id = %s AND message LIKE '%%: %%.%%'", job
    )
    assert logged[0][0] >= len(files)
    # what cannot be is the job's error, said in one line
    (job,) = permq("submit", "report", "--param", "suite=other", "--json").json["jobs"]
    assert fleet.until_ended([job]) == {job: "failed"}
    error = permq("show", job, "--json").json["error"]
    assert error == "OptionError: suite 'other' was never run: permq bench run other"
    none = permq("show", job, "--out", folder)
    assert (none.code, f"job {job} has no such files" in none.err) == (1, True)


def test_a_run_that_is_called_off_is_kept_as_such(servers, suite, permq):
    done = permq("bench", "run", suite, "--json").json
    connection = servers.connection
    control.cancel(connection, done["jobs"])
    connection.close()
    rows = permq("bench", "list", "--suite", "tiny", "--json").json["runs"]
    assert [(row["state"], row["verdict"], row["solved"]) for row in rows] == [
        ("cancelled", "cancelled", False)
    ] * 2


def test_a_users_own_puzzle_stays_the_default(servers, suite, permq):
    own = servers.add_puzzle()
    permq("bench", "run", suite)
    found = permq("pool", "top", "--json").json
    assert found["fingerprint"] == own.fingerprint


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("bench", "views"), "nothing was run yet"),
        (("report",), "nothing was run yet"),
        (("bench", "list", "--suite", "none"), "was never run"),
        (("report", "--suite", "a", "--puzzle", "b"), "not both"),
        (("bench", "views", "--out", "/dev/null/views"), "try --out"),
        (("report", "--out", "/dev/null/report"), "try --out"),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_line(servers, permq, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    done = permq(*words)
    assert done.code in {1, 2}
    assert told in done.err
    assert done.err.count("\n") == 1
