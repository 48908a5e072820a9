"""Standings: left and taken up again, an evaluator goes on with the same floats."""

import json

import numpy as np
import pytest

from permq.errors import CheckpointError
from permq.search.problem import Problem
from permq.search.standing import Standing
from permq.search.trie_evaluator import TrieEvaluator, unit_size
from tests.unit.search.neighbourhood_cases import shuffled, toy


def standing():
    """A problem, and where a search of it stands after one change."""
    puzzle, inp, out = toy(3)
    problem = Problem.of(puzzle)
    evaluator = TrieEvaluator(problem, *shuffled(inp, out, 1), 5)
    evaluator.accept(inp, out, evaluator.cost(inp, out))
    return problem, evaluator


def test_an_evaluator_made_again_goes_on_with_the_same_floats():
    problem, evaluator = standing()
    again = TrieEvaluator.at(problem, evaluator.standing())
    rng = np.random.default_rng(0)
    orders = np.stack([rng.permutation(8) for _ in range(50)])
    assert evaluator.costs(orders, orders).tolist() == again.costs(orders, orders).tolist()
    assert (evaluator.mse, evaluator.evaluations) == (again.mse, again.evaluations)
    assert (again.accepted, again.start_mse) == (1, evaluator.start_mse)


def test_a_standing_comes_back_from_json():
    problem, evaluator = standing()
    saved = evaluator.standing().save()
    restored = Standing.restore(problem, json.loads(json.dumps(saved, allow_nan=False)))
    assert restored.save() == saved


@pytest.mark.parametrize(
    ("field", "value"),
    [("inp", [0] * 8), ("seed", -1), ("mse", -1.0), ("mse", True), ("first_out", "0"), ("out", 1)],
)
def test_a_damaged_standing_is_refused(field, value):
    problem, evaluator = standing()
    saved = evaluator.standing().save()
    with pytest.raises(CheckpointError):
        Standing.restore(problem, saved | {field: value})
    del saved[field]
    with pytest.raises(CheckpointError, match="missing"):
        Standing.restore(problem, saved)


def test_an_infinite_cost_is_kept_as_null():
    problem, evaluator = standing()
    lost = evaluator.standing().moved(evaluator.inp, evaluator.out, np.inf)
    assert lost.save()["mse"] is None
    assert Standing.restore(problem, lost.save()).mse == np.inf


def test_the_more_rows_the_smaller_a_unit_of_work():
    puzzle, _, _ = toy(3, rows=40)
    assert unit_size(Problem.of(puzzle)) == 2048
    many, _, _ = toy(3, rows=3000)
    assert 64 <= unit_size(Problem.of(many)) < 100
