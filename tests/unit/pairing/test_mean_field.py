import numpy as np

from permq.core.network import Network
from permq.pairing.mean_field import averaged, mean_field_states
from tests.toys import toy_puzzle


def test_with_one_block_and_one_step_it_is_the_network():
    puzzle, _ = toy_puzzle(0, blocks=1)
    states = mean_field_states(puzzle, np.ones((1, 1)), puzzle.x, samples=2)
    # half of the only block's change
    change = Network(puzzle, np.float64).block(0, 0, puzzle.x)
    np.testing.assert_allclose(states[1], puzzle.x + change / 2, atol=1e-5)


def test_a_step_is_the_mean_change_of_all_believed_pairs():
    puzzle, _ = toy_puzzle(0, blocks=4)
    shares = np.random.default_rng(0).dirichlet(np.ones(4), 4)
    network = Network(puzzle, np.float64)
    mean = sum(shares[a, o] * network.block(a, o, puzzle.x) for a in range(4) for o in range(4))
    states = mean_field_states(puzzle, shares, puzzle.x, samples=4)
    assert len(states) == 4
    np.testing.assert_allclose(states[1], puzzle.x + mean / 4, atol=1e-5)


def test_averaged_units_are_the_mean_over_states():
    puzzle, _ = toy_puzzle(0, activation="gelu")
    network = Network(puzzle, np.float64)
    states = [puzzle.x, 2 * puzzle.x]
    expected = (network.hidden_units(3, states[0]) + network.hidden_units(3, states[1])) / 2
    np.testing.assert_allclose(averaged(puzzle, states)(3), expected, atol=1e-5)
