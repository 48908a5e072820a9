"""Rotations: what swaps cannot finish."""

from itertools import combinations

import numpy as np
import pytest

from permq.core.loading import load_puzzle
from permq.core.objective import verify
from permq.errors import OptionError
from permq.ordering.paired import Paired
from permq.ordering.registry import SEEDS
from permq.pairing.registry import SCORES
from permq.search.cascade import CascadeSettings, cascade
from permq.search.problem import Problem
from permq.search.rotations import RotationSettings, rotations
from tests.puzzle_files import REAL, needs_real_puzzle
from tests.unit.search.neighbourhood_cases import least, rearranged, shuffled, toy


def turned(inp, out, positions):
    """Blocks of some positions, each one place further."""
    inp, out = inp.copy(), out.copy()
    inp[positions], out[positions] = np.roll(inp[positions], 1), np.roll(out[positions], 1)
    return inp, out


@pytest.mark.parametrize("positions", [[1, 2, 3], [0, 4, 7], [5, 3, 2]])
def test_a_rotation_is_undone(positions):
    puzzle, inp, out = toy(3)
    found = rotations(Problem.of(puzzle), *turned(inp, out, positions), RotationSettings())
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)
    assert found.accepted == 1


@pytest.mark.parametrize("seed", range(4))
def test_no_rotation_improves_the_result(seed):
    puzzle, inp, out = toy(seed)
    problem = Problem.of(puzzle)
    found = rotations(problem, *shuffled(inp, out, seed), RotationSettings())
    others = [
        (a, o)
        for three in combinations(range(len(inp)), 3)
        for a, o in rearranged(found.inp, found.out, three)
        if (a != found.inp).sum() == 3
    ]
    assert least(problem, others) >= found.mse * (1 - 1e-4)
    assert found.mse == problem.cost(found.inp, found.out)


def test_a_span_finds_only_near_rotations():
    puzzle, inp, out = toy(3)
    problem = Problem.of(puzzle)
    near, far = turned(inp, out, [2, 3, 4]), turned(inp, out, [0, 4, 7])
    settings = RotationSettings(span=2)
    np.testing.assert_array_equal(rotations(problem, *near, settings).inp, inp)
    assert rotations(problem, *near, settings).evaluations < 60
    assert not np.array_equal(rotations(problem, *far, RotationSettings(1, 2)).inp, inp)


@pytest.mark.parametrize("layers", ["input", "output"])
def test_layers_of_one_kind_are_rotated_back(layers):
    puzzle, inp, out = toy(8)
    a, o = turned(inp, out, [1, 4, 6])
    start = (a, out) if layers == "input" else (inp, o)
    found = rotations(Problem.of(puzzle), *start, RotationSettings(layers=layers))
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)


def test_locked_positions_stay():
    puzzle, inp, out = toy(1)
    a, o = shuffled(inp, out, 3)
    found = rotations(Problem.of(puzzle), a, o, RotationSettings(), locked=frozenset({1, 2}))
    assert found.accepted > 0
    np.testing.assert_array_equal(found.inp[[1, 2]], a[[1, 2]])
    np.testing.assert_array_equal(found.out[[1, 2]], o[[1, 2]])


def test_fewer_than_three_free_positions_leave_nothing_to_do():
    puzzle, inp, out = toy(1)
    start = shuffled(inp, out, 3)
    found = rotations(Problem.of(puzzle), *start, RotationSettings(), locked=set(range(6)))
    np.testing.assert_array_equal(found.inp, start[0])


@pytest.mark.parametrize("options", [{"rounds": -1}, {"span": 1}, {"layers": "none"}])
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(OptionError):
        RotationSettings(**options)


@needs_real_puzzle
def test_rotated_neighbours_of_the_real_puzzle_are_put_right():
    puzzle = load_puzzle(REAL)
    problem = Problem.of(puzzle, 256)
    pair = SCORES["trace"].pairing(puzzle)
    inp = SEEDS["greedy-by-state"].order(Paired(problem.network, pair, problem.x, problem.pred))
    answer = cascade(problem, inp, pair[inp], CascadeSettings())
    assert verify(puzzle, puzzle.arrangement(answer.inp, answer.out)).sha256_match
    start = answer.inp, answer.out
    for triple in ([5, 6, 7], [20, 21, 22], [33, 34, 35]):
        start = turned(*start, triple)
    found = rotations(problem, *start, RotationSettings(span=2))
    assert found.start_mse > 1e-5
    np.testing.assert_array_equal(found.inp, answer.inp)
