from dataclasses import replace

import numpy as np
import pytest

from permq.core.objective import EXACT, objective, residuals, verify
from permq.errors import AnswerError
from tests.toys import plain_forward, toy_puzzle


def test_the_objective_is_the_mean_square_over_rows_and_outputs() -> None:
    puzzle, _ = toy_puzzle(0, outputs=3, rows=17)
    inp, out = np.arange(5), np.arange(5)[::-1]
    expected = np.mean((plain_forward(puzzle, inp, out) - puzzle.pred) ** 2)
    assert objective(puzzle, inp, out) == pytest.approx(expected, rel=1e-12)
    assert expected > 0.01


def test_all_rows_count_also_beyond_one_chunk() -> None:
    puzzle, answer = toy_puzzle(1, rows=1100)
    errors = residuals(puzzle, *puzzle.indices(answer))
    assert errors.shape == (1100, 1)
    assert errors.dtype == np.float64
    spoiled = puzzle.pred.copy()
    spoiled[-1] += 11
    assert objective(replace(puzzle, pred=spoiled), *puzzle.indices(answer)) == pytest.approx(
        121 / 1100, rel=1e-5
    )


def test_the_right_answer_is_exact_and_solved() -> None:
    puzzle, answer = toy_puzzle(2)
    found = verify(puzzle, answer)
    assert found.exact
    assert found.solved
    assert not found.equivalent
    assert found.sha256_match is True
    assert found.sha256 == answer.sha256
    assert found.mse < 1e-12
    assert found.spread == pytest.approx(puzzle.pred.std(), rel=1e-5)


def test_a_wrong_answer_is_neither() -> None:
    puzzle, answer = toy_puzzle(3)
    inp, out = puzzle.indices(answer)
    found = verify(puzzle, puzzle.arrangement(inp[::-1], out[::-1]))
    assert found.sha256_match is False
    assert not found.exact
    assert not found.solved
    assert not found.equivalent
    assert found.max_abs_error**2 >= found.mse > 0


def test_without_a_hash_an_exact_reconstruction_is_solved() -> None:
    puzzle, answer = toy_puzzle(4)
    found = verify(replace(puzzle, solution_sha256=None), answer)
    assert found.sha256_match is None
    assert found.exact
    assert found.solved
    assert not found.equivalent


def test_the_same_function_by_other_indices_is_equivalent_but_not_solved() -> None:
    puzzle, answer = toy_puzzle(5)
    inp, out = puzzle.indices(answer)
    # make blocks 1 and 2 one and the same function: exchanging them changes nothing
    w_in, b_in, w_out, b_out = (
        layers.copy() for layers in (puzzle.w_in, puzzle.b_in, puzzle.w_out, puzzle.b_out)
    )
    w_in[inp[2]], b_in[inp[2]] = w_in[inp[1]], b_in[inp[1]]
    w_out[out[2]], b_out[out[2]] = w_out[out[1]], b_out[out[1]]
    twins = replace(puzzle, w_in=w_in, b_in=b_in, w_out=w_out, b_out=b_out)
    twins = replace(twins, pred=plain_forward(twins, inp, out).astype(np.float32))
    swapped = inp.copy()
    swapped[[1, 2]] = inp[[2, 1]]
    found = verify(twins, twins.arrangement(swapped, out))
    assert found.sha256_match is False
    assert found.exact
    assert found.equivalent
    assert not found.solved
    assert verify(twins, answer).solved


def test_exact_means_the_largest_error_against_the_spread() -> None:
    puzzle, answer = toy_puzzle(6, rows=400)
    spread = float(puzzle.pred.std())
    for share, exact in ((0.9, True), (1.1, False)):
        spoiled = puzzle.pred.astype(np.float64)
        spoiled[7] += share * EXACT * spread
        found = verify(
            replace(puzzle, pred=spoiled.astype(np.float32), solution_sha256=None), answer
        )
        assert found.exact is exact
        assert found.solved is exact


def test_with_noisy_answers_only_the_hash_says_solved() -> None:
    puzzle, answer = toy_puzzle(7, noise=0.01)
    found = verify(puzzle, answer)
    assert not found.exact
    assert found.solved
    assert not verify(replace(puzzle, solution_sha256=None), answer).solved


def test_an_answer_of_another_puzzle_is_refused() -> None:
    puzzle, _ = toy_puzzle(8)
    _, other = toy_puzzle(8, blocks=6)
    with pytest.raises(AnswerError, match="13 pieces, the puzzle 11"):
        verify(puzzle, other)


def test_an_answer_to_square_layers_brings_its_own_roles() -> None:
    puzzle, answer = toy_puzzle(9, width=6, hidden=6)
    pieces = sorted({*answer.inputs, *answer.outputs})
    assumed = puzzle.with_roles(pieces[:5])  # what shapes alone leave open
    assert verify(assumed, answer).solved


@pytest.mark.filterwarnings("error")
def test_a_cost_beyond_all_bounds_is_reported_without_a_warning() -> None:
    puzzle, answer = toy_puzzle(10, blocks=30, scale=1e13)
    wrong = puzzle.arrangement(*(index[::-1] for index in puzzle.indices(answer)))
    assert not verify(puzzle, wrong).exact
