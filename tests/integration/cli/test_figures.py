"""`permq figures` against a real pool."""

import pytest

from permq.figures import loo
from permq.figures.registry import FIGURES
from permq.pool import artifacts, jobs, puzzles, solutions
from permq.pool.artifacts import Artifact
from permq.pool.connection import connect, transaction
from permq.pool.jobs import NewJob
from permq.pool.solutions import Found, check
from tests.toys import toy_puzzle


@pytest.fixture
def pool(postgres_url, monkeypatch, tmp_path):
    """The commands' database, with a puzzle and no solution."""
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path / "data"))
    connection = connect(postgres_url)
    with transaction(connection) as cursor:
        puzzles.add(cursor, toy_puzzle(0)[0])
    yield connection
    connection.close()


@pytest.fixture
def solved(pool):
    """The pool with the answer in it; returns the puzzle's row."""
    puzzle, answer = toy_puzzle(0)
    with transaction(pool) as cursor:
        row = puzzles.find(cursor)
        solutions.record(cursor, row.id, [check(puzzle, Found(answer, "test"))])
    return row


def test_named_figures_are_written_as_png_and_svg(pool, solved, permq, tmp_path):
    out = tmp_path / "new" / "pictures"
    done = permq("figures", "loo", "convergence", "--target", "1e-3", "--out", out)
    assert done.code == 0, done.err
    names = sorted(path.name for path in out.iterdir())
    assert names == ["convergence.png", "convergence.svg", "loo.png", "loo.svg"]
    first, second = done.out.splitlines()
    assert first.startswith(f"loo: {out}/loo.png, {out}/loo.svg (")
    assert second.startswith("convergence: ")
    assert b"target 0.001" in (out / "convergence.svg").read_bytes()


def test_one_that_fails_does_not_keep_the_others(pool, solved, permq, tmp_path, monkeypatch):
    def broken(self, sources):
        raise ZeroDivisionError("nothing\nby nothing")

    monkeypatch.setattr(loo.LooFigure, "compute", broken)
    done = permq("figures", "loo", "residual_cosine", "--out", tmp_path, "--json")
    assert done.code == 1
    facts = done.json
    assert facts["failed"] == {"loo": "ZeroDivisionError: nothing by nothing"}
    assert [made["name"] for made in facts["made"]] == ["residual_cosine"]
    assert not (tmp_path / "loo.png").exists()
    told = permq("figures", "loo", "--out", tmp_path)
    assert told.code == 1
    assert told.err == "loo: failed: ZeroDivisionError: nothing by nothing\n"


def test_an_empty_pool_gives_a_clear_line_and_no_picture(pool, permq, tmp_path):
    done = permq("figures", "convergence", "--out", tmp_path)
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert line.startswith("convergence: nothing to show: toy (")
    assert line.endswith(": the pool has no solution of it yet")
    assert list(tmp_path.glob("*.png")) == []


def test_all_are_drawn_by_default_and_what_has_no_data_is_told(pool, permq, tmp_path):
    done = permq("figures", "--out", tmp_path, "--json")
    assert done.code == 0, done.err
    facts = done.json
    made = {one["name"] for one in facts["made"]}
    assert {"cost_matrix_heatmap", "weight_norms", "trace_matrix"} <= made
    assert made | set(facts["missing"]) == set(FIGURES)
    assert facts["failed"] == {}
    assert {path.stem for path in tmp_path.glob("*.png")} == made


def test_the_figures_are_listed(permq):
    done = permq("figures", "--list")
    assert [line.split()[0] for line in done.out.splitlines()] == list(FIGURES)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lo"], "unknown figure 'lo': did you mean loo?"),
        (["--method", "colour"], "no pairing method 'colour'"),
        (["loo", "--out", "/dev/null/x"], "/dev/null/x: cannot be written"),
        (["--puzzle", "abcabc"], "there is no puzzle 'abcabc' in the pool"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_drawn(pool, permq, words, message, tmp_path):
    done = permq("figures", *words, *([] if "--out" in words else ["--out", tmp_path]))
    assert done.code == 2
    assert message in done.err
    assert len(done.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_a_job_has_drawn_is_fetched(pool, solved, permq, tmp_path):
    new = NewJob("figures", "render", {}, seed=1, puzzle_id=solved.id)
    with transaction(pool) as cursor:
        (job,) = jobs.insert(cursor, [new], command="", base_seed=1, code_version="0")[1]
        for name in ("loo", "fleet"):
            artifacts.store(cursor, job, Artifact(name, "image/png", name.encode()))
    done = permq("figures", "--from-job", job, "--out", tmp_path / "all")
    assert done.out.splitlines() == [f"{tmp_path}/all/loo.png", f"{tmp_path}/all/fleet.png"]
    assert (tmp_path / "all/loo.png").read_bytes() == b"loo"
    one = permq("figures", "fleet", "--from-job", job, "--out", tmp_path / "one", "--json")
    assert one.json["files"] == [f"{tmp_path}/one/fleet.png"]
    none = permq("figures", "--from-job", job + 1, "--out", tmp_path / "none")
    assert none.code == 1
    assert f"job {job + 1} has no such files" in none.err
    assert not (tmp_path / "none").exists()
