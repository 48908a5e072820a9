import numpy as np
import pytest

from permq.errors import OptionError
from permq.search.problem import Problem
from permq.search.put_back import PutBackSettings, put_back
from tests.toys import plain_forward, toy_puzzle


def displaced(seed, source, target, blocks=8):
    """A toy's answer with the block at `source` moved to `target`, and the answer itself."""
    puzzle, answer = toy_puzzle(seed, blocks=blocks, rows=60)
    inp, out = puzzle.indices(answer)
    order = np.insert(np.delete(np.arange(blocks), source), target, source)
    return puzzle, inp[order], out[order], (inp, out)


@pytest.mark.parametrize(("source", "target"), [(1, 6), (5, 1), (3, 4)])
def test_a_single_displaced_block_goes_home(source, target) -> None:
    puzzle, inp, out, (right_inp, right_out) = displaced(0, source, target)
    found = put_back(Problem.of(puzzle), inp, out, PutBackSettings())
    np.testing.assert_array_equal(found.inp, right_inp)
    np.testing.assert_array_equal(found.out, right_out)
    assert found.mse < 1e-10
    assert found.accepted >= 1
    assert found.start_mse == pytest.approx(
        np.mean((plain_forward(puzzle, inp, out) - puzzle.pred) ** 2), rel=1e-3
    )


def test_the_cost_never_rises_and_steps_are_kept() -> None:
    puzzle, _ = toy_puzzle(1, blocks=10, rows=60)
    rng = np.random.default_rng(0)
    inp, out = rng.permutation(10), rng.permutation(10)
    told = []
    found = put_back(Problem.of(puzzle), inp, out, PutBackSettings(steps=7), report=told.append)
    costs = [found.start_mse, *(progress.current for progress in told)]
    assert costs == sorted(costs, reverse=True)
    assert len(told) <= 7
    expected = np.mean((plain_forward(puzzle, found.inp, found.out) - puzzle.pred) ** 2)
    assert found.mse == pytest.approx(expected, rel=1e-3)
    # pairs are kept
    assert set(zip(found.inp, found.out, strict=True)) == set(zip(inp, out, strict=True))


def test_locked_positions_keep_their_blocks() -> None:
    puzzle, inp, out, _ = displaced(2, 1, 6)
    locked = frozenset({0, 4, 6})
    found = put_back(Problem.of(puzzle), inp, out, PutBackSettings(), locked=locked)
    for position in locked:
        assert (found.inp[position], found.out[position]) == (inp[position], out[position])


def test_no_steps_and_a_stop_change_nothing() -> None:
    puzzle, inp, out, _ = displaced(3, 1, 6)
    for settings, stop in ((PutBackSettings(0), lambda: False), (PutBackSettings(), lambda: True)):
        found = put_back(Problem.of(puzzle), inp, out, settings, stop=stop)
        np.testing.assert_array_equal(found.inp, inp)
        assert found.mse == found.start_mse


def test_a_negative_number_of_steps_is_refused() -> None:
    with pytest.raises(OptionError, match="steps must be 0 or more"):
        PutBackSettings(-1)
