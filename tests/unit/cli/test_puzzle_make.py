from collections.abc import Callable
from pathlib import Path
from typing import Any

from permq.core.loading import load_puzzle

TINY = (
    *("--blocks", 3, "--width", 4, "--hidden", 6),
    *("--rows", 50, "--epochs", 3, "--batch-size", 25),
)


def test_a_made_puzzle_loads_and_its_answer_verifies(permq: Callable[..., Any], tmp_path: Path):
    made = permq(
        "puzzle", "make", tmp_path / "new", *TINY, "--activation", "silu", "--outputs", 2, "--half",
        "--optimizer", "sgd", "--lr", 0.01, "--weight-decay", 0, "--seed", 4,
    )  # fmt: skip
    assert made.code == 0, made.err
    assert "7 pieces, 50 rows" in made.out
    puzzle = load_puzzle(tmp_path / "new")
    assert puzzle.solution_sha256 is not None
    assert puzzle.solution_sha256 in made.out
    assert (puzzle.activation, puzzle.outputs) == ("silu", 2)
    assert permq("verify", tmp_path / "new", tmp_path / "new" / "answer.txt").code == 0


def test_json_says_what_was_made(permq: Callable[..., Any], tmp_path: Path):
    made = permq("puzzle", "make", tmp_path / "new", *TINY, "--json").json
    assert made["pieces"] == 7
    assert made["mse_pred"] < 1e-10
    assert made["sha256"] == load_puzzle(tmp_path / "new").solution_sha256


def test_hidden_units_are_twice_the_width_unless_said(permq: Callable[..., Any], tmp_path: Path):
    permq("puzzle", "make", tmp_path / "new", "--width", 5, "--blocks", 2, "--epochs", 1)
    assert load_puzzle(tmp_path / "new").hidden == 10


def test_an_occupied_folder_is_a_clear_error(permq: Callable[..., Any], tmp_path: Path):
    (tmp_path / "mine.txt").write_text("precious")
    outcome = permq("puzzle", "make", tmp_path, *TINY)
    assert outcome.code == 2
    assert outcome.err.startswith(f"permq: error: {tmp_path}: is there already")


def test_settings_that_do_not_fit_are_a_clear_error(permq: Callable[..., Any], tmp_path: Path):
    outcome = permq("puzzle", "make", tmp_path / "new", *TINY, "--outputs", 6)
    assert outcome.code == 2
    assert "shape of an input layer" in outcome.err
    assert permq("puzzle", "make", tmp_path / "new", *TINY, "--lr", 0).code == 2
    assert not (tmp_path / "new").exists()
