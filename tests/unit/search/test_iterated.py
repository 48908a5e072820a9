"""Kicks, descents, and what is kept of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.search.adjoint.refine import RefineSettings, refine
from permq.search.iterated import IterateSettings, iterate, kicked
from permq.search.problem import Problem
from tests.unit.search.neighbourhood_cases import shuffled, toy

QUICK = RefineSettings(tries=20, pairs=20)
REPAIR = RefineSettings(tries=20, pairs=20, repair=True)


def searched(problem, start, settings, seed=0, **words):
    """The evaluator after an iterated search."""
    current = problem.evaluator(*start)
    iterate(problem, current, settings, np.random.default_rng(seed), **words)
    return current


@given(
    st.integers(2, 12).flatmap(
        lambda blocks: st.tuples(
            st.just(blocks), st.sets(st.integers(0, blocks - 1), max_size=blocks - 2)
        )
    ),
    st.tuples(st.integers(2, 6), st.integers(0, 6)),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.integers(0, 999),
)
def test_a_kick_shuffles_a_window_of_the_free_positions_only(shape, sizes, repairing, seed):
    blocks, locked = shape
    low, more = sizes
    rng = np.random.default_rng(seed)
    inp, out = rng.permutation(blocks), rng.permutation(blocks)
    before = inp.copy(), out.copy()
    free = np.array([t for t in range(blocks) if t not in locked])
    settings = IterateSettings(window=(low, low + more), repairing=repairing)
    a, o = kicked(inp, out, free, settings, rng)
    np.testing.assert_array_equal(inp, before[0])
    np.testing.assert_array_equal(out, before[1])
    assert sorted(a) == sorted(o) == list(range(blocks))
    moved = np.flatnonzero((a != inp) | (o != out))
    assert not locked & set(moved.tolist())
    if len(moved):
        ranks = np.searchsorted(free, moved)
        assert ranks[-1] - ranks[0] < low + more
    if repairing == 0:
        pairs = [dict(zip(x.tolist(), y.tolist(), strict=True)) for x, y in ((a, o), (inp, out))]
        assert pairs[0] == pairs[1]
    if repairing == 1:
        np.testing.assert_array_equal(a, inp)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("repairing", [0.0, 0.3])
def test_it_ends_with_the_best_it_told_of_and_never_worsens(seed, repairing):
    puzzle, inp, out = toy(seed, outputs=1 + seed % 2)
    problem, start, told, reports = Problem.of(puzzle), shuffled(inp, out, seed), [], []
    settings = IterateSettings(kicks=6, repairing=repairing, descent=REPAIR if repairing else QUICK)
    current = searched(
        problem, start, settings, seed, found=lambda *it: told.append(it), report=reports.append
    )
    assert current.mse <= problem.evaluator(*start).mse
    assert current.mse == pytest.approx(problem.cost(current.inp, current.out), rel=1e-3, abs=1e-12)
    costs = [mse for _, _, mse in told]
    assert costs == sorted(costs, reverse=True)
    if told:
        np.testing.assert_array_equal(current.inp, told[-1][0])
        np.testing.assert_array_equal(current.out, told[-1][1])
        assert costs[-1] == pytest.approx(current.mse)
    assert [report.best for report in reports] == sorted(
        (report.best for report in reports), reverse=True
    )


def test_kicks_find_what_a_descent_alone_does_not():
    better = 0
    for seed in range(6):
        puzzle, inp, out = toy(seed, blocks=10)
        problem, start = Problem.of(puzzle), shuffled(inp, out, seed)
        alone = refine(problem, *start, QUICK, seed)
        again = searched(
            problem, (alone.inp, alone.out), IterateSettings(kicks=40, descent=QUICK), seed
        )
        assert again.mse <= alone.mse * (1 + 1e-6)
        better += again.mse < 1e-6 < alone.mse
    assert better >= 3


@pytest.mark.parametrize("descent", [QUICK, REPAIR], ids=["order", "pairs too"])
@pytest.mark.parametrize("locked", [{0, 7}, {2, 3, 4}, set(range(7)), set(range(8))])
def test_locked_positions_keep_their_layers(locked, descent):
    puzzle, inp, out = toy(1)
    a, o = shuffled(inp, out, 1)
    settings = IterateSettings(kicks=5, repairing=0.5 * descent.repair, descent=descent)
    current = searched(Problem.of(puzzle), (a, o), settings, locked=frozenset(locked))
    for t in locked:
        assert (current.inp[t], current.out[t]) == (a[t], o[t])


def test_it_is_deterministic_by_seed():
    puzzle, inp, out = toy(3)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 3)
    settings = IterateSettings(kicks=5, repairing=0.4, descent=REPAIR)
    one, other = (searched(problem, start, settings, 9) for _ in range(2))
    assert (one.mse, one.evaluations) == (other.mse, other.evaluations)
    np.testing.assert_array_equal(one.inp, other.inp)
    np.testing.assert_array_equal(one.out, other.out)


def test_it_ends_when_asked_at_its_target_and_when_its_patience_does():
    puzzle, inp, out = toy(3)
    problem, start = Problem.of(puzzle), shuffled(inp, out, 3)
    for words in ({"stop": lambda: True}, {"target": np.inf}):
        current = searched(problem, start, IterateSettings(), **words)
        np.testing.assert_array_equal(current.inp, start[0])
        np.testing.assert_array_equal(current.out, start[1])
    reports = []
    searched(problem, (inp, out), IterateSettings(patience=3, descent=QUICK), report=reports.append)
    assert [report.step for report in reports] == [1, 2, 3]
