"""Descent by adjoint-screened moves."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.errors import OptionError
from permq.search.adjoint.refine import RefineSettings, descend, refine
from permq.search.problem import Problem
from tests.puzzle_files import SMALL
from tests.toys import toy_puzzle
from tests.unit.search.neighbourhood_cases import (
    all_swaps,
    least,
    plain_cost,
    shuffled,
    toy,
)

REPAIR = RefineSettings(repair=True)


@pytest.fixture(scope="module")
def trained():
    """The shipped network on its first rows, and its answer."""
    puzzle = load_puzzle(SMALL)
    return Problem.of(puzzle, 128), *puzzle.indices(Arrangement.read(SMALL / "answer.txt"))


def start_of(puzzle, seed):
    """A random arrangement."""
    rng = np.random.default_rng(seed)
    return rng.permutation(puzzle.blocks), rng.permutation(puzzle.blocks)


@settings(max_examples=25)
@given(
    st.integers(0, 999),
    st.integers(1, 7),
    st.integers(1, 3),
    st.sampled_from(["relu", "gelu", "silu", "tanh"]),
    st.booleans(),
    st.sampled_from([None, 0, 1, 2]),
)
def test_it_never_worsens_and_tells_the_true_cost(seed, blocks, outputs, activation, repair, reach):
    puzzle, _ = toy_puzzle(seed, blocks, outputs=outputs, activation=activation, rows=20)
    problem, start = Problem.of(puzzle), start_of(puzzle, seed)
    found = refine(problem, *start, RefineSettings(repair=repair, reach=reach, pairs=30), seed)
    assert sorted(found.inp) == sorted(found.out) == list(range(blocks))
    assert found.mse <= found.start_mse
    assert found.start_mse == pytest.approx(plain_cost(puzzle, *start), rel=1e-4)
    cost = plain_cost(puzzle, found.inp, found.out)
    assert found.mse == pytest.approx(problem.cost(found.inp, found.out), rel=1e-3, abs=1e-10)
    assert found.mse == pytest.approx(cost, rel=1e-3, abs=1e-10)
    pairs = dict(zip(found.inp.tolist(), found.out.tolist(), strict=True))
    if not repair:
        assert pairs == dict(zip(start[0].tolist(), start[1].tolist(), strict=True))


@pytest.mark.parametrize("places", [(2, 3), (0, 1), (0, 6), (3, 11), (2, 5)])
def test_one_swap_of_a_trained_network_is_found(trained, places):
    problem, inp, out = trained
    order = np.arange(len(inp))
    order[list(places)] = order[list(places[::-1])]
    found = refine(problem, inp[order], out[order], RefineSettings(), 0)
    np.testing.assert_array_equal(found.inp, inp)
    np.testing.assert_array_equal(found.out, out)
    assert found.accepted > 0


@pytest.mark.parametrize("move", [(1, 5), (4, 2), (0, 3), (11, 8)])
def test_a_block_of_a_trained_network_goes_back_to_its_place(trained, move):
    problem, inp, out = trained
    order = np.delete(np.arange(len(inp)), move[0])
    order = np.insert(order, move[1], move[0])
    found = refine(problem, inp[order], out[order], RefineSettings(), 0)
    np.testing.assert_array_equal(found.inp, inp)


def test_layers_find_their_partners_again_only_where_they_may(trained):
    problem, inp, out = trained
    restored = 0
    for first in range(len(out) - 1):
        wrong = out.copy()
        wrong[[first, first + 1]] = wrong[[first + 1, first]]
        kept = refine(problem, inp, wrong, RefineSettings(), 0)
        assert dict(zip(kept.inp, kept.out, strict=True)) == dict(zip(inp, wrong, strict=True))
        assert kept.mse > 1e-5
        found = refine(problem, inp, wrong, replace(REPAIR, order=False), 0)
        restored += (found.inp == inp).all() and (found.out == out).all()
    assert restored >= 8


@pytest.mark.parametrize("seed", range(4))
def test_no_swap_of_the_result_is_better_when_all_are_tried(seed):
    puzzle, inp, out = toy(seed)
    problem = Problem.of(puzzle)
    settings = RefineSettings(tries=10_000, gain=1e-4)
    found = refine(problem, *shuffled(inp, out, seed), settings, seed)
    others = least(problem, all_swaps(found.inp, found.out))
    assert others >= found.mse * (1 - 2e-4)


def test_pairs_of_moves_leave_optima_of_single_ones():
    better = 0
    for seed in range(12):
        puzzle, inp, out = toy(seed, blocks=10)
        problem, start = Problem.of(puzzle), shuffled(inp, out, seed)
        alone = refine(problem, *start, RefineSettings(tries=10_000, pairs=0), seed)
        again = refine(problem, alone.inp, alone.out, RefineSettings(tries=10_000), seed)
        assert again.mse <= alone.mse
        better += again.mse < 0.99 * alone.mse
    assert better >= 2


@pytest.mark.parametrize("locked", [{0, 7}, {3, 4}, {0, 1, 2, 3, 4, 5, 6}, set(range(8))])
@pytest.mark.parametrize("settings", [RefineSettings(), REPAIR], ids=["order", "pairs too"])
def test_locked_positions_keep_their_layers(locked, settings):
    puzzle, inp, out = toy(2)
    a, o = shuffled(inp, out, 2)
    found = refine(Problem.of(puzzle), a, o, settings, 0, locked=frozenset(locked))
    for t in locked:
        assert (found.inp[t], found.out[t]) == (a[t], o[t])
    assert found.mse <= found.start_mse
    assert (found.accepted > 0) == (len(locked) < 7)


def test_it_is_deterministic_by_seed():
    puzzle, inp, out = toy(4, rows=300)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 4)
    settings = replace(REPAIR, sample=8)
    one, other = (refine(problem, *start, settings, 5) for _ in range(2))
    assert (one.mse, one.evaluations, one.accepted) == (
        other.mse,
        other.evaluations,
        other.accepted,
    )
    np.testing.assert_array_equal(one.inp, other.inp)
    np.testing.assert_array_equal(one.out, other.out)


def test_it_stops_when_asked_at_a_target_and_after_its_rounds():
    puzzle, inp, out = toy(2)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 2)
    stopped = refine(problem, *start, RefineSettings(), 0, stop=lambda: True)
    np.testing.assert_array_equal(stopped.inp, start[0])
    assert (stopped.evaluations, stopped.accepted) == (1, 0)
    current, rng = problem.evaluator(*start), np.random.default_rng(0)
    assert descend(problem, current, RefineSettings(), rng, target=current.mse) == 0
    reports = []
    refine(problem, *start, RefineSettings(rounds=2), 0, report=reports.append)
    assert [(report.step, report.steps) for report in reports] == [(1, 2), (2, 2)]
    assert reports[0].best >= reports[1].best


def test_without_any_kind_of_move_nothing_happens():
    puzzle, inp, out = toy(2)
    start = shuffled(inp, out, 2)
    found = refine(Problem.of(puzzle), *start, RefineSettings(order=False), 0)
    assert found.mse == found.start_mse


@pytest.mark.parametrize(
    "options",
    [
        {"rounds": -1},
        {"sample": 0},
        {"tries": -1},
        {"pairs": -1},
        {"pool": 0},
        {"gain": -0.1},
        {"gain": 1.0},
        {"reach": -1},
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        RefineSettings(**options)
