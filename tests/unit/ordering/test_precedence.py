import numpy as np
import pytest

from permq.ordering.paired import Paired
from permq.ordering.precedence import bradley_terry, precedence, precedence_evidence
from tests.toys import toy_puzzle


def test_strengths_reproduce_shares_that_come_from_strengths() -> None:
    strength = np.array([0.0, 1.0, -0.5, 2.0])
    wins = 1 / (1 + np.exp(strength[None] - strength[:, None]))
    found = bradley_terry(wins)
    np.testing.assert_allclose(found - found.mean(), strength - strength.mean(), atol=1e-6)


def test_a_clear_sequence_is_ranked() -> None:
    wins = np.triu(np.full((5, 5), 0.9), 1) + np.tril(np.full((5, 5), 0.1), -1)
    assert np.argsort(-bradley_terry(wins)).tolist() == [0, 1, 2, 3, 4]


def test_evidence_of_two_blocks_adds_up_to_one_and_favours_the_right_sequence() -> None:
    puzzle, answer = toy_puzzle(0, blocks=6, rows=60)
    inp, out = puzzle.indices(answer)
    share = precedence_evidence(Paired.of(puzzle, out[np.argsort(inp)]), inp)
    np.testing.assert_allclose(share + share.T, 1)
    # around the right order every exchange costs
    assert (share[np.triu_indices(6, 1)] > 0.5).all()


@pytest.mark.parametrize("blocks", [1, 2, 6])
def test_every_block_is_ordered_once(blocks) -> None:
    puzzle, _ = toy_puzzle(1, blocks=blocks)
    order = precedence(Paired.of(puzzle, np.arange(blocks)))
    assert sorted(order.tolist()) == list(range(blocks))
