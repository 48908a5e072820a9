import numpy as np
import pytest

from permq.core.network import Network
from permq.pairing.assignment import assign
from permq.pairing.explained import explained, missing_answer, row_budget
from tests.toys import toy_puzzle


def hidden_at(puzzle, inp, out):
    """Hidden units of every input layer at the states of an arrangement."""
    network = Network(puzzle, np.float64)
    states = network.states(inp, out, puzzle.x)
    place = np.argsort(inp)
    return lambda a: network.hidden_units(a, states[place[a]])


def test_what_the_blocks_add_is_the_answer_without_the_direct_way():
    puzzle, answer = toy_puzzle(1, outputs=2)
    inp, out = puzzle.indices(answer)
    network = Network(puzzle, np.float64)
    states = network.states(inp, out, puzzle.x)
    added = (states[-1] - states[0]) @ puzzle.w_last.T
    np.testing.assert_allclose(missing_answer(puzzle, np.arange(puzzle.rows)), added, atol=1e-4)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_at_the_right_states_random_weights_are_paired(activation):
    # no training, no relation between the layers: the answers alone say it
    puzzle, answer = toy_puzzle(2, blocks=8, width=8, hidden=8, activation=activation, rows=600)
    inp, out = puzzle.indices(answer)
    rows = np.arange(puzzle.rows)
    score = explained(puzzle, hidden_at(puzzle, inp, out), missing_answer(puzzle, rows), [1e-4])[0]
    np.testing.assert_array_equal(assign(-score)[inp], out)


def test_several_smoothings_at_once_are_one_after_the_other():
    puzzle, answer = toy_puzzle(2, outputs=3)
    inp, out = puzzle.indices(answer)
    hidden, missing = hidden_at(puzzle, inp, out), missing_answer(puzzle, np.arange(puzzle.rows))
    together = explained(puzzle, hidden, missing, [10.0, 0.1])
    for one, level in zip(together, (10.0, 0.1), strict=True):
        np.testing.assert_allclose(one, explained(puzzle, hidden, missing, [level])[0], atol=1e-9)


def test_layers_that_never_act_explain_nothing():
    puzzle, _ = toy_puzzle(2)
    idle = lambda a: np.zeros((puzzle.rows, puzzle.hidden), np.float32)  # noqa: E731
    found = explained(puzzle, idle, missing_answer(puzzle, np.arange(puzzle.rows)), [1.0])[0]
    np.testing.assert_array_equal(found, np.zeros((5, 5)))


def test_large_networks_are_looked_at_on_fewer_rows():
    small, _ = toy_puzzle(0)
    assert row_budget(small) == 1000
    large, _ = toy_puzzle(0, blocks=150, width=2, hidden=600, rows=2)
    assert row_budget(large) == 256
