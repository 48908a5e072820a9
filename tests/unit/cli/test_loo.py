"""`permq loo`: what every block contributes, and putting back."""

import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from tests.puzzle_files import write_puzzle
from tests.toys import plain_forward, toy_puzzle


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """A folder, its puzzle and answer, and the answer with one block displaced."""
    puzzle, answer = toy_puzzle(seed=4, blocks=6, rows=40)
    folder = write_puzzle(tmp_path_factory.mktemp("loo") / "toy", puzzle)
    order = [1, 2, 3, 4, 0, 5]
    moved = Arrangement(
        tuple(answer.inputs[t] for t in order), tuple(answer.outputs[t] for t in order), answer.last
    )
    return folder, puzzle, answer, moved


def test_every_position_says_what_its_block_contributes(permq, known):
    folder, puzzle, _, moved = known
    outcome = permq("loo", folder, "--from", moved.text, "--json")
    assert outcome.code == 0
    assert outcome.json["answer"] == moved.text
    inp, out = puzzle.indices(moved)
    for entry in outcome.json["positions"]:
        t = entry["position"]
        assert (entry["inp"], entry["out"]) == (moved.inputs[t], moved.outputs[t])
        left = plain_forward(puzzle, np.delete(inp, t), np.delete(out, t))
        assert entry["mse"] == pytest.approx(np.mean((left - puzzle.pred) ** 2), rel=1e-3)
        assert entry["harmful"] is (entry["change"] < 0)


def test_steps_put_a_displaced_block_back(permq, known, tmp_path):
    folder, _, answer, moved = known
    file = tmp_path / "better.txt"
    outcome = permq("loo", folder, "--from", moved.text, "--steps", 20, "--out", file, "--json")
    assert outcome.code == 0
    assert Arrangement.read(file) == answer
    assert outcome.json["solved"] is True


def test_locked_positions_stay(permq, known):
    folder, _, _, moved = known
    outcome = permq("loo", folder, "--from", moved.text, "--steps", 20, "--lock", "0-5", "--json")
    assert outcome.json["answer"] == moved.text


def test_people_read_a_table(permq, known):
    folder, _, _, moved = known
    outcome = permq("loo", folder, "--from", moved.text)
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["position", "inp", "out", "mse", "without", "change"]
    assert lines[1].split()[:3] == ["0", str(moved.inputs[0]), str(moved.outputs[0])]
