import numpy as np
import pytest

from permq.core.network import Network
from permq.diagnosis.break_points import break_points, residual_cosines
from tests.toys import toy_puzzle


def test_cosines_compare_the_changes_of_neighbours_row_by_row() -> None:
    puzzle, answer = toy_puzzle(0, blocks=5)
    inp, out = puzzle.indices(answer)
    network = Network(puzzle, np.float64)
    states = network.states(inp, out, puzzle.x)
    found = residual_cosines(network, inp, out, puzzle.x)
    assert found.shape == (4,)
    for t in range(4):
        one, two = states[t + 1] - states[t], states[t + 2] - states[t + 1]
        lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(two, axis=1)
        assert found[t] == pytest.approx(np.mean((one * two).sum(axis=1) / lengths), rel=1e-9)


def test_a_block_that_undoes_the_one_before_is_a_break() -> None:
    puzzle, answer = toy_puzzle(1, blocks=6)
    inp, out = puzzle.indices(answer)
    # block 3 becomes the negative of block 2; the state hardly differs between them
    puzzle.w_in[inp[3]], puzzle.b_in[inp[3]] = puzzle.w_in[inp[2]], puzzle.b_in[inp[2]]
    puzzle.w_out[out[3]], puzzle.b_out[out[3]] = -puzzle.w_out[out[2]], -puzzle.b_out[out[2]]
    cosines = residual_cosines(Network(puzzle), inp, out, puzzle.x)
    assert break_points(cosines)[0] == 2


def test_blocks_that_do_nothing_have_no_direction() -> None:
    puzzle, answer = toy_puzzle(2)
    inp, out = puzzle.indices(answer)
    puzzle.w_out[out[1]], puzzle.b_out[out[1]] = 0, 0
    assert residual_cosines(Network(puzzle), inp, out, puzzle.x)[:2].tolist() == [0, 0]


def test_breaks_are_sorted_from_the_worst() -> None:
    cosines = np.array([0.3, -0.1, 0.05, -0.6])
    assert break_points(cosines).tolist() == [3, 1]
    assert break_points(cosines, below=0.1).tolist() == [3, 1, 2]
    assert break_points(np.array([])).tolist() == []


def test_states_beyond_what_floats_hold_have_no_direction() -> None:
    puzzle, answer = toy_puzzle(3)
    inp, out = puzzle.indices(answer)
    puzzle.w_out[out[1]] = 3e38
    assert np.isfinite(residual_cosines(Network(puzzle), inp, out, puzzle.x)).all()
