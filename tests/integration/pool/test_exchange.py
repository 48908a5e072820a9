"""Solutions as tables in files."""

import json

import pandas as pd
import pytest

from permq.errors import AnswerError, OptionError
from permq.pool import exchange, jobs, puzzles, solutions
from permq.pool.connection import transaction
from tests.toys import toy_puzzle

SUFFIXES = (".csv", ".json", ".parquet")


@pytest.fixture
def cursor(connection, stored):
    with transaction(connection) as one:
        yield one


def bring(cursor, stored, puzzle, path):
    listed = exchange.read(path, stored.fingerprint)
    return exchange.store(cursor, stored.id, listed, list(exchange.check_all(puzzle, listed, path)))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_can_be_read_again(cursor, stored, toy, wrong, tmp_path, suffix):
    several = wrong(12)
    solutions.record(cursor, stored.id, several[:6], node="a")
    solutions.record(cursor, stored.id, several[6:])
    path = tmp_path / f"pool{suffix}"
    assert exchange.write(cursor, stored.id, path) == 12
    before = solutions.top(cursor, stored.id, 99)
    cursor.execute("DELETE FROM discoveries")
    cursor.execute("DELETE FROM solutions")
    assert bring(cursor, stored, toy[0], path) == exchange.Imported(12, 12, solved=False)
    after = solutions.top(cursor, stored.id, 99)
    assert [(one.hash, one.cost, one.method, one.node) for one in after] == [
        (one.hash, one.cost, one.method, one.node) for one in before
    ]
    assert bring(cursor, stored, toy[0], path).new == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_best_come_first_and_the_columns_are_told(cursor, stored, wrong, tmp_path, suffix):
    several = wrong(12)
    solutions.record(cursor, stored.id, several)
    path = tmp_path / f"pool{suffix}"
    assert exchange.write(cursor, stored.id, path, limit=3) == 3
    read = {".csv": pd.read_csv, ".json": pd.read_json, ".parquet": pd.read_parquet}
    table = read[suffix](path)
    assert tuple(table.columns) == exchange.COLUMNS
    costs = sorted(one.verification.mse for one in several)
    assert table["cost"].tolist() == pytest.approx(costs[:3], rel=1e-12)
    assert table["puzzle"].tolist() == [stored.fingerprint] * 3


def test_an_empty_pool_gives_an_empty_table(cursor, stored, toy, tmp_path):
    for suffix in SUFFIXES:
        path = tmp_path / f"pool{suffix}"
        assert exchange.write(cursor, stored.id, path) == 0
        assert exchange.read(path, stored.fingerprint) == []


def test_a_bare_list_of_answers_is_enough(cursor, stored, toy, wrong, tmp_path):
    one, two, three = (one.arrangement for one in wrong(3))
    path = tmp_path / "answers.json"
    path.write_text(
        json.dumps(
            [
                {"permutation": list(one.pieces)},
                {"permutation": f"[{two.text}]", "method": "by hand", "node": "desk"},
                {"permutation": f"{{{three.text}}}"},
            ]
        )
    )
    assert bring(cursor, stored, toy[0], path).new == 3
    found = {row.hash: (row.method, row.node) for row in solutions.top(cursor, stored.id, 9)}
    assert found == {
        one.sha256: ("import", None),
        two.sha256: ("by hand", "desk"),
        three.sha256: ("import", None),
    }


def test_costs_of_a_file_are_not_believed(cursor, stored, toy, wrong, tmp_path):
    (one,) = wrong(1)
    path = tmp_path / "pool.csv"
    path.write_text(f'answer,cost,hash\n"{one.arrangement.text}",0,{toy[1].sha256}\n')
    bring(cursor, stored, toy[0], path)
    row = solutions.best(cursor, stored.id)
    assert (row.cost, row.match) == (one.verification.mse, False)


def test_an_imported_answer_solves_the_puzzle(cursor, stored, toy, tmp_path):
    new = jobs.NewJob("anneal", "heavy", {}, 1, puzzle_id=stored.id)
    _, (job,) = jobs.insert(cursor, [new], command="", base_seed=1, code_version="1")
    path = tmp_path / "pool.csv"
    path.write_text(f'answer\n"{toy[1].text}"\n')
    assert bring(cursor, stored, toy[0], path).solved
    assert puzzles.find(cursor).solved_at is not None
    cursor.execute("SELECT state FROM jobs WHERE id = %s", (job,))
    assert cursor.fetchone() == ("cancelled",)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("pool.txt", "", "must end with .csv, .json, .parquet"),
        ("pool.csv", "a,b\n1,2\n", "row 1: has no answer"),
        ("pool.csv", "", "cannot be read as CSV"),
        ("pool.json", "{", "cannot be read as JSON"),
        ("pool.json", "{}", "is no list of objects"),
        ("pool.parquet", "no parquet", "cannot be read as Parquet"),
        ("pool.csv", "answer\n1;2\n", "pool.csv, row 1: an answer is piece indices"),
        ("pool.json", '[{"answer": [1, 2, 1]}]', "row 1: piece 1 stands twice"),
        ("pool.json", '[{"answer": 7}]', "row 1: "),
        ("pool.json", '[{"answer": "1,2,3", "puzzle": "abc"}]', "row 1: is of another puzzle, abc"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, name, content, problem):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises((OptionError, AnswerError), match=problem):
        exchange.read(path, "f" * 64)


def test_a_missing_file_is_refused(tmp_path):
    for suffix in SUFFIXES:
        with pytest.raises(OptionError, match="No such file"):
            exchange.read(tmp_path / f"none{suffix}", "f" * 64)


def test_an_answer_of_another_puzzle_is_named(stored, toy, wrong, tmp_path):
    path = tmp_path / "pool.csv"
    path.write_text(f'answer\n"{wrong(1)[0].arrangement.text}"\n"1,2,3"\n')
    listed = exchange.read(path, stored.fingerprint)
    with pytest.raises(AnswerError, match=r"pool.csv, row 2: the answer has 3 pieces"):
        list(exchange.check_all(toy[0], listed, path))


def test_without_pyarrow_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(OptionError, match=r"pip install 'permq\[parquet\]'"):
        exchange.format_of(tmp_path / "pool.parquet")


def test_other_puzzles_are_left_out(cursor, stored, wrong, tmp_path):
    other = puzzles.add(cursor, toy_puzzle(1)[0])
    solutions.record(cursor, stored.id, wrong(2))
    assert exchange.write(cursor, other.id, tmp_path / "pool.csv") == 0
