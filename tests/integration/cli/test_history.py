"""`permq history`, and records of training that come into the pool with their puzzle."""

import json

import pytest

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.history.training import TrainingRecord
from permq.pool import history, puzzles, solutions
from permq.pool.connection import connect, transaction
from permq.pool.solutions import Found, check
from tests.puzzle_files import SMALL


@pytest.fixture
def pool(postgres_url, monkeypatch, tmp_path):
    """The commands' database, as the environment names it."""
    monkeypatch.setenv("PERMQ_POSTGRES_URL", postgres_url)
    monkeypatch.setenv("PERMQ_DATA", str(tmp_path / "data"))
    connection = connect(postgres_url)
    yield connection
    connection.close()


def add(pool, *swaps, method="surgery"):
    """Store the example's answer with these positions exchanged."""
    puzzle, answer = load_puzzle(SMALL), Arrangement.read(SMALL / "answer.txt")
    order = list(range(answer.blocks))
    for i, j in swaps:
        order[i], order[j] = order[j], order[i]
    inputs, outputs = ([part[k] for k in order] for part in (answer.inputs, answer.outputs))
    found = Found(Arrangement(tuple(inputs), tuple(outputs), answer.last), method)
    with transaction(pool) as cursor:
        row = puzzles.add(cursor, puzzle)
        solutions.record(cursor, row.id, [check(puzzle, found)], node="bmasass")
    return row


def test_the_progression_tells_what_improved_the_pool(pool, permq):
    add(pool, (0, 5), (1, 4), (2, 7))
    first = permq("history", "snapshot", "--json").json
    assert (first["solutions"], first["drift"], first["compared"]) == (1, None, 1)
    add(pool, (0, 1), method="anneal")
    add(pool, method="rotate")
    add(pool, (0, 7))  # no improvement
    shown = permq("history", "show", "--json").json["progression"]
    events = [(line["event"], line["method"]) for line in shown]
    assert events == [
        ("improved", "surgery"),
        ("request", "surgery"),
        ("improved", "anneal"),
        ("solved", "rotate"),
    ]
    table = permq("history", "show").out.splitlines()
    assert table[0].split() == [
        *("time", "pool", "best", "event", "method", "node", "solution", "parent"),
    ]
    assert len(table) == 5
    assert "bmasass" in table[1]
    assert len(permq("history", "show", "--count", "2").out.splitlines()) == 3


def test_snapshots_are_exported_one_a_line(pool, permq, tmp_path):
    add(pool, (0, 5))
    for _ in range(2):
        assert permq("history", "snapshot").code == 0
    file = tmp_path / "history.jsonl"
    assert permq("history", "export", file).out.startswith(f"{file}: 2 snapshots of small")
    one, other = (json.loads(line) for line in file.read_text().splitlines())
    assert one["snapshot"] < other["snapshot"]
    assert (one["event"], one["drift"]) == ("request", None)
    assert len(one["agreement"]) == len(one["entropy"]) == 12
    assert set(one["probe"]) == {"easy", "medium", "hard", "edge", "random"}
    assert "placement" not in one
    permq("history", "export", file, "--placement")
    assert len(json.loads(file.read_text().splitlines()[0])["placement"]) == 12


def test_a_pool_without_solutions_has_no_history(pool, permq):
    permq("puzzle", "add", SMALL)
    assert permq("history", "show").out.startswith("the pool has no solution")
    refused = permq("history", "snapshot")
    assert refused.code == 1
    assert "nothing to snapshot" in refused.err


def test_a_recorded_training_comes_with_its_puzzle(pool, permq, tmp_path):
    sizes = ("--blocks", 3, "--width", 4, "--hidden", 6, "--rows", 50, "--epochs", 3)
    made = permq("puzzle", "make", tmp_path / "new", *sizes, "--history")
    assert "recorded in history.npz" in made.out
    assert permq("puzzle", "add", tmp_path / "new", "--json").json["training"]
    plain = permq("puzzle", "make", tmp_path / "plain", *sizes, "--seed", 1, "--json").json
    assert plain["history"] is None
    assert not permq("puzzle", "add", tmp_path / "plain", "--json").json["training"]
    with transaction(pool) as cursor:
        row = puzzles.find(cursor, "new")
        assert history.training(cursor, row.id) == (tmp_path / "new/history.npz").read_bytes()
    (tmp_path / "new/history.npz").write_bytes(b"damaged")
    assert "no record of a training" in permq("puzzle", "add", tmp_path / "new").err


def test_a_twin_is_trained_and_kept_with_the_puzzle(pool, permq, tmp_path):
    row = add(pool)
    told = permq("history", "twin", "--epochs", "2", "--rows", "60", "--seed", "4", "--json").json
    assert (told["epochs"], told["rows"], told["labels"]) == (2, 60, "true")
    assert {"score", "epoch", "auc"} == set(told["emerged"][0])
    with transaction(pool) as cursor:
        recipe, content = history.twin(cursor, row.id)
        assert history.training(cursor, row.id) is None
    assert recipe["seed"] == 4
    assert TrainingRecord.unpack(content).blocks == row.blocks
    lines = permq("history", "twin", "--epochs", "1", "--rows", "60").out.splitlines()
    assert lines[1] == "twin       12 blocks, 60 rows, labels true"
    out = str(tmp_path / "drawn")
    assert permq("figures", "emergence", "--out", out, "--json").json["missing"] == {}
