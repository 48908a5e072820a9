"""Simulated annealing."""

from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.search import annealing, checkpoint
from permq.search.accept import CRITERIA
from permq.search.annealing import AnnealProgress, advance, anneal, start
from permq.search.annealing_settings import AnnealSettings
from permq.search.moves import MOVES
from permq.search.problem import Problem
from permq.search.stop import Flag
from tests.toys import toy_puzzle

ALL_MOVES = dict.fromkeys(MOVES, 1.0)


def toy_problem(seed=0, blocks=6, rows=40, **words):
    """A problem, its right arrangement, and a shuffled one with the same pairs."""
    puzzle, answer = toy_puzzle(seed, blocks=blocks, rows=rows, **words)
    inp, out = puzzle.indices(answer)
    order = np.random.default_rng(seed).permutation(blocks)
    return Problem.of(puzzle), (inp, out), (inp[order], out[order])


def plain(state):
    """Everything in a state, comparable by ``==``; floats bit by bit."""
    values = asdict(replace(state, plan=None)) | {
        "rows": state.plan.rows,
        "portion": state.plan.portion,
    }
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in values.items()
    } | {name: getattr(state, name).hex() for name in ("current", "best", "temperature", "hot")}


@pytest.mark.parametrize("seed", range(3))
def test_a_shuffled_toy_is_put_back_in_order(seed):
    problem, (inp, out), shuffled = toy_problem(seed)
    result = anneal(problem, *shuffled, AnnealSettings(steps=3000, target=1e-9), seed)
    assert result.mse < 1e-9 < result.start_mse
    np.testing.assert_array_equal(result.inp, inp)
    np.testing.assert_array_equal(result.out, out)
    assert 0 < result.accepted < result.evaluations


def test_broken_pairs_are_mended_by_output_swaps():
    problem, (inp, out), (order, pairs) = toy_problem(1, blocks=5)
    settings = AnnealSettings(
        steps=6000, moves={"swap": 1, "output-swap": 1}, heat=0.3, target=1e-9
    )
    result = anneal(problem, order, pairs[[1, 2, 0, 3, 4]], settings, 0)
    np.testing.assert_array_equal(result.inp, inp)
    np.testing.assert_array_equal(result.out, out)


def test_joint_settings_find_pairs_and_order_from_nothing():
    problem, (inp, out), _ = toy_problem(2, blocks=6)
    rng = np.random.default_rng(0)
    chosen = AnnealSettings.joint(steps=20_000)
    result = anneal(problem, rng.permutation(6), rng.permutation(6), chosen, 0)
    np.testing.assert_array_equal(result.inp, inp)
    np.testing.assert_array_equal(result.out, out)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    cuts=st.lists(st.integers(0, 700), min_size=9, max_size=9),
    blocks=st.integers(1, 7),
    width=st.integers(1, 9),
    rows=st.integers(1, 130),
    outputs=st.integers(1, 3),
    activation=st.sampled_from(["relu", "gelu", "silu", "tanh"]),
    accept=st.sampled_from(sorted(CRITERIA)),
    schedule=st.sampled_from(["geometric", "adaptive"]),
    patience=st.sampled_from([0, 60]),
)
def test_ten_slices_through_json_end_bit_by_bit_where_one_run_ends(
    seed, cuts, blocks, width, rows, outputs, activation, accept, schedule, patience
):
    problem, _, shuffled = toy_problem(
        seed, blocks, rows, width=width, outputs=outputs, activation=activation
    )
    chosen = AnnealSettings(
        steps=700,
        moves=ALL_MOVES,
        accept=accept,
        schedule=schedule,
        patience=patience,
        window=37,
        target=0,
    )
    whole = advance(problem, start(problem, *shuffled, chosen, seed), 700)

    state = start(problem, *shuffled, chosen, seed)
    for first, last in pairwise([0, *sorted(cuts), 700]):
        state = advance(problem, state, last - first)
        state = checkpoint.loads(problem, checkpoint.dumps(problem, state))
    assert plain(replace(state, evaluations=0)) == plain(replace(whole, evaluations=0))
    assert state.evaluations == whole.evaluations
    assert state.finished


def test_slices_that_cut_through_windows_and_row_plans_end_where_one_run_ends():
    problem, _, shuffled = toy_problem(0, blocks=24, rows=100, width=4)
    chosen = AnnealSettings(steps=2300, moves=ALL_MOVES, window=300, schedule="adaptive")
    begin = start(problem, *shuffled, chosen, 1)
    whole, state = advance(problem, begin, 2300), begin
    while not state.finished:
        state = advance(problem, checkpoint.restore(problem, checkpoint.save(problem, state)), 130)
    assert plain(state) == plain(whole)
    assert whole.plan.portion != begin.plan.portion


def test_slices_report_the_same_trajectory():
    problem, _, shuffled = toy_problem(3)
    chosen = AnnealSettings(steps=400, moves=ALL_MOVES, window=20)
    begin = start(problem, *shuffled, chosen, 5)
    whole, sliced = [], []
    advance(problem, begin, 400, report=whole.append)
    state = begin
    for _ in range(10):
        state = advance(problem, state, 40, report=sliced.append)
    seen = {report.step: report for report in sliced}
    assert [seen[report.step] for report in whole] == whole


def test_the_seed_decides():
    problem, _, shuffled = toy_problem(2)
    chosen = AnnealSettings(steps=120)
    one, same, other = (
        advance(problem, start(problem, *shuffled, chosen, s), 120) for s in (7, 7, 8)
    )
    assert plain(one) == plain(same)
    assert one.proposed != other.proposed


def test_the_steps_of_a_seed_draw_the_same_numbers_wherever_they_are_asked_for():
    batch = annealing.draws_of(4, 300)
    assert batch == annealing.draws_of(4, 400)
    assert batch != annealing.draws_of(4, 200)
    assert batch != annealing.draws_of(5, 300)


def test_locked_positions_keep_their_blocks():
    problem, _, (inp, out) = toy_problem(4, blocks=7)
    locked = frozenset({0, 3, 4})
    chosen = AnnealSettings(steps=500, moves=ALL_MOVES, hot=1e3, cooling=1.0)
    state = advance(problem, start(problem, inp, out, chosen, 0, locked=locked), 500)
    places = sorted(locked)
    np.testing.assert_array_equal(state.inp[places], inp[places])
    np.testing.assert_array_equal(state.out[places], out[places])
    assert (state.inp != inp).any()


def test_anchored_pairs_stay_together():
    problem, _, (inp, out) = toy_problem(4, blocks=7)
    chosen = AnnealSettings(steps=500, moves=ALL_MOVES, hot=1e3, cooling=1.0)
    state = advance(
        problem, start(problem, inp, out, chosen, 0, anchored=frozenset({1, 5, 6})), 500
    )
    before = dict(zip(inp.tolist(), out.tolist(), strict=True))
    after = dict(zip(state.inp.tolist(), state.out.tolist(), strict=True))
    assert {a: after[a] for a in (1, 5, 6)} == {a: before[a] for a in (1, 5, 6)}
    assert after != before


def test_moves_are_chosen_by_their_weights():
    problem, _, shuffled = toy_problem(0)
    chosen = AnnealSettings(steps=4000, target=0, moves={"swap": 3, "reversal": 0, "insertion": 1})
    state = advance(problem, start(problem, *shuffled, chosen, 0), 4000)
    assert state.proposed["reversal"] == 0
    assert state.proposed["swap"] == pytest.approx(3000, abs=120)
    assert sum(state.proposed.values()) == 4000


def test_greedy_acceptance_never_gets_worse():
    problem, _, shuffled = toy_problem(0)
    seen = []
    chosen = AnnealSettings(steps=300, accept="greedy", window=1)
    anneal(problem, *shuffled, chosen, 0, report=seen.append)
    costs = [report.current for report in seen]
    assert costs == sorted(costs, reverse=True)
    assert costs == [report.best for report in seen]


def test_reports_tell_progress_temperature_and_acceptance_by_move():
    problem, _, shuffled = toy_problem(0)
    seen: list[AnnealProgress] = []
    chosen = AnnealSettings(steps=100, moves={"swap": 1, "segment": 1}, window=25, target=0)
    result = anneal(problem, *shuffled, chosen, 0, report=seen.append)
    assert [report.step for report in seen] == [0, 25, 50, 75, 100]
    assert all(report.steps == 100 for report in seen)
    assert [report.best for report in seen] == sorted((r.best for r in seen), reverse=True)
    assert seen[-1].best == result.mse
    assert set(seen[-1].acceptance) == {"swap", "segment"}
    assert "swap" in seen[-1].note
    temperatures = [report.temperature for report in seen]
    assert temperatures[:-1] == sorted(temperatures[:-1], reverse=True)


def test_the_search_stops_when_asked_and_goes_on_from_there():
    problem, _, shuffled = toy_problem(0)
    begin = start(problem, *shuffled, AnnealSettings(steps=200, target=0), 0)
    flag = Flag()

    def raise_at_100(report):
        if report.step >= 100:
            flag.raise_()

    state = advance(problem, begin, 200, report=raise_at_100, stop=flag)
    assert state.step in {100, 101}
    assert not state.finished
    whole = advance(problem, begin, 200)
    assert plain(advance(problem, state, 200)) == plain(whole)


def test_stagnation_sets_the_cooling_back():
    problem, right, _ = toy_problem(0)
    chosen = AnnealSettings(steps=1000, hot=1e-3, patience=200, reheat=0.5, window=50, target=0)
    seen = []
    state = advance(problem, start(problem, *right, chosen, 0), 1000, report=seen.append)
    assert state.reheated == 4
    warmer = [b.step for a, b in pairwise(seen) if b.temperature > a.temperature]
    assert warmer == [200, 400, 600, 800]
    cold = advance(problem, start(problem, *right, replace(chosen, patience=0), 0), 1000)
    assert cold.reheated == 0


def test_a_perturbed_start_is_disturbed_but_keeps_pairs_and_locks():
    problem, (inp, out), _ = toy_problem(0, blocks=8)
    chosen = AnnealSettings(steps=0, perturbation=4)
    state = start(problem, inp, out, chosen, 1, locked=frozenset({0, 7}))
    assert (state.inp != inp).any()
    assert dict(zip(state.inp, state.out, strict=True)) == dict(zip(inp, out, strict=True))
    assert (state.inp[0], state.inp[7]) == (inp[0], inp[7])
    assert state.start_mse > 1e-6


def test_the_first_temperature_follows_the_cost_of_the_start_and_the_spread_of_the_answers():
    problem, (inp, out), shuffled = toy_problem(0)
    chosen = AnnealSettings(heat=0.1)
    cost, spread = problem.cost(*shuffled), float(np.var(problem.pred))
    assert start(problem, *shuffled, chosen, 0).hot == pytest.approx(0.1 * min(cost, spread))
    inp, out = inp[[1, 0, 2, 3, 4, 5]], out[[1, 0, 2, 3, 4, 5]]
    assert start(problem, inp, out, chosen, 0).hot == pytest.approx(0.1 * problem.cost(inp, out))
    assert start(problem, inp, out, AnnealSettings(hot=7.0), 0).temperature == 7


def test_a_right_arrangement_is_recognised_at_once():
    problem, right, _ = toy_problem(0)
    result = anneal(problem, *right, AnnealSettings(steps=1000, target=1e-9), 0)
    assert result.accepted == 0
    np.testing.assert_array_equal(result.inp, right[0])


def test_one_block_has_no_neighbours():
    problem, _, shuffled = toy_problem(0, blocks=1)
    result = anneal(problem, *shuffled, AnnealSettings(steps=20, moves=ALL_MOVES), 0)
    assert result.accepted == 0
    assert result.mse == result.start_mse
