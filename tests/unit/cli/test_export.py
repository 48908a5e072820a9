from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from permq.core.loading import load_puzzle
from permq.core.torch_module import ResidualNetwork
from tests.puzzle_files import write_puzzle
from tests.toys import toy_puzzle


@pytest.mark.parametrize("name", ["network.safetensors", "network.pt"])
def test_the_network_is_written_with_its_fit(name: str, permq: Callable[..., Any], tmp_path: Path):
    puzzle, answer = toy_puzzle(1)
    folder = write_puzzle(tmp_path / "puzzle", puzzle)
    outcome = permq("export", folder, answer.text, "--out", tmp_path / name, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["mse_pred"] < 1e-12
    assert outcome.json["mse_true"] > 0
    with torch.no_grad():
        found = ResidualNetwork.load(tmp_path / name)(torch.from_numpy(puzzle.x)).numpy()
    np.testing.assert_allclose(found, puzzle.pred, rtol=1e-4, atol=1e-5)


def test_the_file_is_a_puzzle_in_running_order(permq: Callable[..., Any], tmp_path: Path):
    puzzle, answer = toy_puzzle(2)
    folder = write_puzzle(tmp_path / "puzzle", puzzle)
    solved = tmp_path / "solved"
    solved.mkdir()
    permq("export", folder, answer.text, "--out", solved / "network.safetensors")
    (solved / "historical_data.csv").write_bytes((folder / "historical_data.csv").read_bytes())
    in_order = ",".join(map(str, range(11)))
    assert load_puzzle(solved).blocks == 5
    assert permq("verify", solved, in_order).code == 0


def test_a_wrong_answer_is_exported_with_its_cost(permq: Callable[..., Any], tmp_path: Path):
    puzzle, answer = toy_puzzle(3)
    folder = write_puzzle(tmp_path / "puzzle", puzzle)
    wrong = puzzle.arrangement(range(5), range(5))
    assert wrong != answer
    outcome = permq("export", folder, wrong.text, "--out", tmp_path / "n.pt", "--json")
    assert outcome.code == 0
    assert outcome.json["mse_pred"] > 1e-6


def test_bad_input_is_one_clear_line_and_writes_nothing(permq: Callable[..., Any], tmp_path: Path):
    puzzle, answer = toy_puzzle(4)
    folder = write_puzzle(tmp_path / "puzzle", puzzle)
    for words, problem in (
        ((folder, "0,1,2", "--out", tmp_path / "n.pt"), "pieces"),
        ((folder, answer.text, "--out", tmp_path / "n.pt", "--format", "safetensors"), "suffix"),
        ((folder, answer.text, "--out", tmp_path / "no" / "n.pt"), "cannot be written"),
        ((tmp_path / "none", answer.text, "--out", tmp_path / "n.pt"), "no such folder"),
    ):
        outcome = permq("export", *words)
        assert outcome.code == 2
        assert problem in outcome.err
        assert outcome.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["puzzle"]
