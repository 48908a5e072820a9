"""Checkpoints of annealing."""

import json

import numpy as np
import pytest

from permq.errors import CheckpointError
from permq.search import checkpoint
from permq.search.annealing import advance, start
from permq.search.annealing_settings import AnnealSettings
from permq.search.problem import Problem
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def puzzle():
    return toy_puzzle(0)[0]


@pytest.fixture(scope="module")
def problem(puzzle):
    return Problem.of(puzzle)


@pytest.fixture
def data(problem):
    """A checkpoint that went through JSON."""
    chosen = AnnealSettings(steps=100, moves={"swap": 1, "output-swap": 2})
    words = {"locked": frozenset({1}), "anchored": frozenset({0, 2})}
    state = start(problem, np.arange(5), np.arange(5), chosen, 3, **words)
    return json.loads(checkpoint.dumps(problem, advance(problem, state, 30)))


def test_it_is_plain_and_comes_back_the_same(problem, data):
    state = checkpoint.restore(problem, data)
    assert state.step == 30
    assert state.locked == {1}
    assert state.settings.moves == {"swap": 1.0, "output-swap": 2.0}
    assert checkpoint.save(problem, state) == data


def test_an_infinite_cost_survives(problem, data):
    data["start_mse"] = None
    state = checkpoint.restore(problem, data)
    assert state.start_mse == float("inf")
    assert checkpoint.save(problem, state)["start_mse"] is None


@pytest.mark.parametrize(
    "field", ["settings", "seed", "inp", "clock", "best", "proposed", "locked"]
)
def test_a_missing_field_is_named(problem, data, field):
    del data[field]
    with pytest.raises(CheckpointError, match=field):
        checkpoint.restore(problem, data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("inp", [0, 1, 2, 3, 3]),
        ("out", [0, 1, 2, 3]),
        ("best_inp", [0, 1, 2, 3, "4"]),
        ("best_out", None),
        ("step", -1),
        ("step", 101),
        ("step", True),
        ("seed", 1.5),
        ("current", "0.1"),
        ("best", float("nan")),
        ("temperature", -1.0),
        ("clock", [0]),
        ("clock", [0, 1.5]),
        ("locked", [5]),
        ("anchored", {"0": 1}),
        ("proposed", {"swap": 1}),
        ("accepted", {"swap": 1, "output-swap": -2}),
        ("settings", {"steps": 100}),
        ("settings", []),
    ],
)
def test_a_damaged_field_is_refused(problem, data, field, value):
    data[field] = value
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.restore(problem, data)


def test_settings_out_of_range_are_refused(problem, data):
    data["settings"]["cooling"] = 7
    with pytest.raises(CheckpointError, match="cooling"):
        checkpoint.restore(problem, data)


def test_another_version_is_told_from_this_one(problem, data):
    data["version"] = 99
    with pytest.raises(CheckpointError, match="version 99"):
        checkpoint.restore(problem, data)


@pytest.mark.parametrize("other", [None, [], {}, {"format": "something else"}, "text"])
def test_other_data_is_no_checkpoint(problem, other):
    with pytest.raises(CheckpointError, match="no checkpoint"):
        checkpoint.restore(problem, other)


def test_another_puzzle_and_other_rows_are_refused(puzzle, data):
    for other in (Problem.of(toy_puzzle(1)[0]), Problem.of(puzzle, rows=20)):
        with pytest.raises(CheckpointError, match="another puzzle"):
            checkpoint.restore(other, data)


def test_text_that_is_cut_off_is_damaged(problem, data):
    text = json.dumps(data)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.loads(problem, text[: len(text) // 2])
    assert checkpoint.loads(problem, text.encode()).step == 30
