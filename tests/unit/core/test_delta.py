import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from permq.core.delta import Evaluator, chunk_sizes
from permq.core.network import Network
from tests.toys import plain_forward, toy_puzzle


@st.composite
def cases(draw: st.DrawFn):
    """A puzzle of any shape and activation, a start, a cut of its rows, and a source of moves."""
    rows = draw(st.integers(1, 20))
    puzzle, _ = toy_puzzle(
        draw(st.integers(0, 99)),
        blocks=draw(st.integers(1, 7)),
        width=draw(st.integers(1, 6)),
        hidden=draw(st.integers(1, 8)),
        outputs=draw(st.integers(1, 3)),
        activation=draw(st.sampled_from(["relu", "gelu", "silu", "tanh"])),
        rows=rows,
    )
    cuts = sorted(draw(st.sets(st.integers(1, rows), max_size=4)) | {rows})
    sizes = np.diff([0, *cuts]).tolist()
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return puzzle, sizes, rng


def plain_cost(puzzle, inp, out) -> float:
    return float(np.mean((plain_forward(puzzle, inp, out) - puzzle.pred) ** 2))


def changed(rng, inp, out, first):
    """Both index sequences shuffled from position `first` on."""
    inp, out = inp.copy(), out.copy()
    rng.shuffle(inp[first:])
    rng.shuffle(out[first:])
    return inp, out


@settings(max_examples=60)
@given(cases())
def test_any_sequence_of_proposals_costs_what_a_plain_forward_pass_says(case) -> None:
    puzzle, sizes, rng = case
    local = np.arange(puzzle.blocks)
    network = Network(puzzle, np.float64)
    evaluator = Evaluator(network, puzzle.x, puzzle.pred, local, local, sizes)
    current = (local, local)
    for _ in range(8):
        first = int(rng.integers(puzzle.blocks))
        proposal = changed(rng, *current, first)
        cost = plain_cost(puzzle, *proposal)
        before = evaluator.mse
        assert evaluator.propose(*proposal, first) == pytest.approx(cost, rel=1e-9, abs=1e-9)
        assert evaluator.mse == before, "a proposal alone changes nothing"
        if rng.random() < 0.5:
            assert evaluator.accept() == pytest.approx(cost, rel=1e-9, abs=1e-9)
            current = proposal
        assert evaluator.mse == pytest.approx(plain_cost(puzzle, *current), rel=1e-9, abs=1e-9)
        np.testing.assert_array_equal(evaluator.inp, current[0])
        np.testing.assert_array_equal(evaluator.out, current[1])


@settings(max_examples=60)
@given(cases(), st.floats(0, 3))
def test_a_limit_decides_exactly_and_costs_below_it_are_unchanged(case, share) -> None:
    puzzle, sizes, rng = case
    local = np.arange(puzzle.blocks)
    evaluator = Evaluator(Network(puzzle, np.float64), puzzle.x, puzzle.pred, local, local, sizes)
    for _ in range(5):
        first = int(rng.integers(puzzle.blocks))
        proposal = changed(rng, evaluator.inp, evaluator.out, first)
        cost = evaluator.propose(*proposal, first)
        limit = share * evaluator.mse
        decided = evaluator.propose(*proposal, first, limit)
        assert decided == (cost if cost <= limit else np.inf) or cost == pytest.approx(limit)
        if np.isfinite(decided):
            evaluator.accept()


@settings(max_examples=30)
@given(cases())
def test_single_precision_follows_within_rounding(case) -> None:
    puzzle, sizes, rng = case
    local = np.arange(puzzle.blocks)
    evaluator = Evaluator(Network(puzzle), puzzle.x, puzzle.pred, local, local, sizes)
    scale = float(np.mean(puzzle.pred.astype(np.float64) ** 2)) + 1
    for _ in range(5):
        first = int(rng.integers(puzzle.blocks))
        proposal = changed(rng, evaluator.inp, evaluator.out, first)
        cost = plain_cost(puzzle, *proposal)
        assert evaluator.propose(*proposal, first) == pytest.approx(
            cost, rel=2e-4, abs=1e-5 * scale
        )
        evaluator.accept()


def test_a_hopeless_proposal_stops_after_the_first_rows() -> None:
    puzzle, answer = toy_puzzle(0, rows=200)
    inp, out = puzzle.indices(answer)
    evaluator = Evaluator.of(puzzle, inp, out)
    before = evaluator.block_rows
    assert evaluator.propose(inp[::-1], out[::-1], 0, limit=1e-9) == np.inf
    assert evaluator.block_rows - before == 5 * chunk_sizes(200)[0]


def test_only_the_blocks_from_the_first_changed_one_are_run() -> None:
    puzzle, answer = toy_puzzle(1, blocks=6, rows=40)
    inp, out = puzzle.indices(answer)
    evaluator = Evaluator.of(puzzle, inp, out)
    before = evaluator.block_rows
    evaluator.propose(inp, out, 4)
    assert evaluator.block_rows - before == 2 * 40


def test_a_refused_proposal_leaves_later_ones_right() -> None:
    puzzle, answer = toy_puzzle(2, blocks=6, rows=100)
    inp, out = puzzle.indices(answer)
    evaluator = Evaluator(Network(puzzle, np.float64), puzzle.x, puzzle.pred, inp, out)
    rng = np.random.default_rng(0)
    evaluator.propose(*changed(rng, inp, out, 0), 0, limit=0.0)
    proposal = changed(rng, inp, out, 3)
    cost = plain_cost(puzzle, *proposal)
    assert evaluator.propose(*proposal, 3) == pytest.approx(cost, rel=1e-9)
    evaluator.accept()
    assert evaluator.propose(inp, out, 3) == pytest.approx(0, abs=1e-9)


def test_some_rows_of_a_puzzle_can_be_chosen() -> None:
    puzzle, _ = toy_puzzle(3, rows=50)
    local, rows = np.arange(5), np.array([3, 30, 31])
    expected = np.mean((plain_forward(puzzle, local, local) - puzzle.pred)[rows] ** 2)
    evaluator = Evaluator.of(puzzle, local, local, rows)
    assert evaluator.mse == pytest.approx(expected, rel=1e-4)
    assert evaluator.count == 3
    assert Evaluator.of(puzzle, local, local).count == 50


def test_an_arrangement_that_overflows_costs_infinity_without_a_warning() -> None:
    puzzle, answer = toy_puzzle(4, blocks=8, scale=3e4)
    inp, out = puzzle.indices(answer)
    evaluator = Evaluator.of(puzzle, inp, out)
    assert evaluator.propose(inp[::-1], out[::-1], 0) == np.inf


@given(st.integers(1, 5000))
def test_chunks_begin_small_grow_and_hold_every_row(rows) -> None:
    sizes = chunk_sizes(rows)
    assert sum(sizes) == rows
    assert min(sizes) > 0
    assert sizes[0] == rows if rows < 64 else sizes[0] == 32
    assert max(sizes) < 1024
