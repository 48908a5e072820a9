"""Where a job begins."""

import numpy as np
import pytest

from permq.errors import OptionError
from permq.jobs.beginning import beginning, pairing, whole
from permq.jobs.task import Task
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def toy():
    return toy_puzzle(3, blocks=7, signal=0.9)


def begun(toy, source="random", start=None, seed=5, default=None, **params):
    values = {"from": None, "pairs": None, "rows": 30} | params
    task = Task(toy[0], values, seed, start=start, source=source)
    found = beginning(task, default)
    return found, found.puzzle.arrangement(found.inp, found.out)


def other(toy):
    puzzle, answer = toy
    inp, out = puzzle.indices(answer)
    return puzzle.arrangement(inp[::-1], out)


@pytest.mark.parametrize("source", ["parent", "elite"])
def test_what_is_handed_down_is_the_start(toy, source):
    found, arrangement = begun(toy, source, other(toy))
    assert arrangement == other(toy)
    assert len(found.problem.x) == 30


def test_a_named_start_comes_before_an_elite_but_not_before_a_parent(toy):
    assert begun(toy, "elite", other(toy), **{"from": "random"})[1] != other(toy)
    assert begun(toy, "parent", other(toy), **{"from": "random"})[1] == other(toy)


def test_named_pairs_pair_what_is_handed_down_anew(toy):
    puzzle, answer = toy
    found, arrangement = begun(toy, "parent", other(toy), pairs="trace")
    assert arrangement.inputs == other(toy).inputs
    assert arrangement.pairing == answer.pairing
    np.testing.assert_array_equal(pairing(puzzle, "trace")[found.inp], found.out)


def test_random_orders_differ_by_seed_and_keep_the_ensemble_pairs(toy):
    one, same, another = (begun(toy, seed=seed)[1] for seed in (5, 5, 6))
    assert one == same != another
    assert one.pairing == another.pairing == toy[1].pairing


def test_starts_from_scores_are_not_all_alike(toy):
    assert len({begun(toy, "score", seed=seed)[1].inputs for seed in range(5)}) > 1


def test_a_kind_has_its_own_seed_of_the_order(toy):
    made = [begun(toy, source, default="output-norm")[1] for source in ("score", "random")]
    assert made[0] == made[1]


def test_pairs_are_found_once_for_a_puzzle_whoever_holds_it(toy):
    again, _ = toy_puzzle(3, blocks=7, signal=0.9)
    assert pairing(toy[0], "ensemble") is pairing(again, "ensemble")
    with pytest.raises(ValueError, match="read-only"):
        pairing(toy[0], "ensemble")[0] = 1


def test_square_layers_take_the_roles_of_the_start():
    square, answer = toy_puzzle(2, blocks=4, width=6, hidden=6)
    turned = square.with_roles([int(p) for p in square.out_pieces])
    start = turned.arrangement(range(4), range(4))
    found, arrangement = begun((square, answer), "parent", start)
    assert arrangement == start
    assert set(found.puzzle.inp_pieces) == set(square.out_pieces)


def test_without_a_puzzle_there_is_no_start():
    with pytest.raises(OptionError, match="needs a puzzle"):
        whole(Task(None, {}, 0))
