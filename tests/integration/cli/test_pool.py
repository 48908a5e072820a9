"""`permq pool`, `permq puzzle add` and `permq puzzle list`."""

import shutil

import pytest

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.core.objective import verify
from permq.pool import puzzles, solutions
from permq.pool.connection import connect, transaction
from permq.pool.solutions import Found, check
from tests.puzzle_files import SMALL

READERS = ("best", "top", "agreement", "diversity", "lineage")


@pytest.fixture
def pool(postgres_url, monkeypatch, tmp_path):
    """The commands' database, as the environment names it."""
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path / "data"))
    connection = connect(postgres_url)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def small():
    return load_puzzle(SMALL)


@pytest.fixture(scope="module")
def answer():
    return Arrangement.read(SMALL / "answer.txt")


def swapped(answer, i, j):
    order = list(range(answer.blocks))
    order[i], order[j] = order[j], order[i]
    inputs, outputs = ([part[k] for k in order] for part in (answer.inputs, answer.outputs))
    return Arrangement(tuple(inputs), tuple(outputs), answer.last)


@pytest.fixture
def filled(pool, small, answer):
    """Three solutions, each made from the one before; returns their rows, the best last."""
    ids = []
    with transaction(pool) as cursor:
        stored = puzzles.add(cursor, small)
        for i, j in ((0, 5), (1, 4), (2, 3)):
            found = check(small, Found(swapped(answer, i, j), "surgery"))
            parent = ids[-1] if ids else None
            ids += solutions.record(cursor, stored.id, [found], node="bmasass", parent_id=parent)
        return sorted((solutions.by_id(cursor, number) for number in ids), key=lambda r: -r.cost)


def test_a_puzzle_is_added_once_and_listed(pool, permq, small):
    assert permq("puzzle", "list").out == (
        "there is no puzzle in the pool yet: permq puzzle add DIR\n"
    )
    added = permq("puzzle", "add", SMALL)
    assert added.code == 0
    assert small.fingerprint in added.out
    again = permq("puzzle", "add", SMALL, "--name", "mine", "--json").json
    assert (again["name"], again["fingerprint"]) == ("mine", small.fingerprint)
    (listed,) = permq("puzzle", "list", "--json").json["puzzles"]
    assert (listed["name"], listed["blocks"]) == ("mine", small.blocks)
    assert f"mine  {small.fingerprint[:12]}" in permq("puzzle", "list").out


@pytest.mark.parametrize("command", READERS)
def test_a_pool_without_puzzles_says_so(pool, permq, command):
    ended = permq("pool", command)
    assert (ended.code, ended.out) == (2, "")
    assert "there is no puzzle in the pool yet" in ended.err


@pytest.mark.parametrize("command", READERS)
def test_a_pool_without_solutions_says_so_in_one_line(pool, permq, small, command):
    permq("puzzle", "add", SMALL)
    ended = permq("pool", command)
    assert ended.code == 0
    label = f"{small.name} ({small.fingerprint[:12]})"
    assert ended.out == f"the pool has no solution of {label} yet\n"
    assert permq("pool", command, "--json").json["fingerprint"] == small.fingerprint


def test_the_best_is_told_with_its_answer(filled, permq, small):
    best = filled[-1]
    told = permq("pool", "best", "--json").json
    assert told["puzzle"] == small.name
    assert told["solution"]["answer"] == best.arrangement.text
    assert told["solution"]["cost"] == best.cost
    assert told["solution"]["finds"] == 1
    out = permq("pool", "best").out
    assert best.arrangement.text in out
    assert "surgery on bmasass" in out


def test_what_solves_is_told_as_the_match(filled, pool, permq, small, answer):
    with transaction(pool) as cursor:
        solutions.record(cursor, filled[0].puzzle_id, [check(small, Found(answer, "refine"))])
    assert "sha256 match" in permq("pool", "best").out
    assert permq("pool", "top", "--json").json["solutions"][0]["sha256_match"] is True
    assert "solved" in permq("puzzle", "list").out


def test_the_top_are_as_many_as_asked_for_and_in_order(filled, permq):
    told = permq("pool", "top", "--count", 2, "--json").json["solutions"]
    assert [one["id"] for one in told] == [row.id for row in filled[::-1]][:2]
    assert len(permq("pool", "top").out.splitlines()) == 4


def test_agreement_is_told_by_position(filled, permq, small, answer):
    told = permq("pool", "agreement", "--json").json
    assert told["solutions"] == 3
    shares = [one["share"] for one in told["positions"]]
    assert shares == pytest.approx([2 / 3] * 6 + [1.0] * (small.blocks - 6))
    assert [one["inp"] for one in told["positions"]] == list(answer.inputs)
    assert f"agree on {small.blocks - 6} of {small.blocks}" in permq("pool", "agreement").out


def test_diversity_is_the_mean_distance(filled, permq, small):
    told = permq("pool", "diversity", "--json").json
    assert told["mean_distance"] == pytest.approx(4 / small.blocks)
    assert (told["solutions"], told["orders"], told["pairings"]) == (3, 3, 1)
    assert told["elites"][0] == filled[-1].id
    assert "mean distance" in permq("pool", "diversity").out


def test_a_lineage_leads_back_to_the_first(filled, permq):
    ids = sorted(row.id for row in filled)
    told = permq("pool", "lineage", ids[-1], "--json").json["lineage"]
    assert [one["id"] for one in told] == ids[::-1]
    assert [len(one["finds"]) for one in told] == [1, 1, 1]
    lines = permq("pool", "lineage", filled[0].hash[:20]).out.splitlines()
    assert filled[0].hash[:12] in lines[0]
    assert permq("pool", "lineage", "nothing").code == 2


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_solutions_go_to_a_file_and_come_back(filled, pool, permq, tmp_path, suffix):
    file = tmp_path / f"solutions{suffix}"
    told = permq("pool", "export", file, "--json").json
    assert (told["solutions"], told["path"]) == (3, str(file))
    with transaction(pool) as cursor:
        cursor.execute("DELETE FROM discoveries")
        cursor.execute("DELETE FROM solutions")
    told = permq("pool", "import", file, "--json").json
    assert (told["solutions"], told["new"], told["known"], told["solved"]) == (3, 3, 0, False)
    assert "0 new, 3 known already" in permq("pool", "import", file).out
    best = permq("pool", "best", "--json").json["solution"]
    assert (best["answer"], best["node"]) == (filled[-1].arrangement.text, "bmasass")


def test_one_bad_row_imports_nothing(filled, permq, tmp_path, answer):
    file = tmp_path / "solutions.csv"
    file.write_text(f'answer\n"{answer.text}"\n"1,2,3"\n')
    ended = permq("pool", "import", file)
    assert ended.code == 2
    assert "row 2" in ended.err
    assert len(permq("pool", "top", "--json").json["solutions"]) == 3


@pytest.mark.parametrize("command", ["export", "import"])
def test_a_file_of_no_format_is_refused(filled, permq, tmp_path, command):
    ended = permq("pool", command, tmp_path / "solutions.txt")
    assert ended.code == 2
    assert "must end with .csv, .json, .parquet" in ended.err


def test_a_puzzle_is_meant_by_name_fingerprint_or_folder(filled, permq, small, monkeypatch):
    monkeypatch.chdir(SMALL.parent)
    for text in (small.name, small.fingerprint[:8], SMALL, f"./{SMALL.name}", "."):
        if text == ".":
            monkeypatch.chdir(SMALL)
        told = permq("pool", "best", "--puzzle", text, "--json").json
        assert told["solution"]["id"] == filled[-1].id


def test_a_folder_is_added_on_the_fly(pool, permq, small, tmp_path, monkeypatch):
    shutil.copytree(SMALL, tmp_path / "a puzzle")
    monkeypatch.chdir(tmp_path)
    told = permq("pool", "top", "--puzzle", "a puzzle", "--json").json
    assert told["fingerprint"] == small.fingerprint
    assert len(permq("puzzle", "list", "--json").json["puzzles"]) == 1


@pytest.mark.parametrize("text", ["unknown", "x" * 300, "./unknown"])
def test_an_unknown_puzzle_is_refused(filled, permq, text):
    ended = permq("pool", "best", "--puzzle", text)
    assert ended.code == 2
    assert text.removeprefix("./") in ended.err
    assert ended.err.count("\n") == 1


def test_without_a_server_it_is_said_where_to_get_one(permq, monkeypatch, tmp_path):
    monkeypatch.delenv("PERMQ_POSTGRES_URL", raising=False)
    ended = permq("pool", "best", "--data", tmp_path)
    assert ended.code == 1
    assert "permq up" in ended.err


def test_a_server_that_is_away_is_told_without_its_password(permq, monkeypatch):
    url = "postgresql://permq:secret@127.0.0.1:1/permq"
    monkeypatch.setenv("PERMQ_POSTGRES_URL", url)
    ended = permq("pool", "best")
    assert ended.code == 1
    assert "Postgres cannot be reached" in ended.err
    assert "secret" not in ended.err


def test_the_cost_is_the_one_that_verify_tells(filled, small):
    for row in filled:
        assert row.cost == verify(small, row.arrangement).mse
