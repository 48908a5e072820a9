import numpy as np
import pytest

from permq.errors import PermqError
from permq.history.embedding import States, depths_of, states_on_processor
from permq.history.representation import cka, plane, similarity
from tests.toys import toy_puzzle

RNG = np.random.default_rng(0)
ROWS = RNG.standard_normal((40, 5))


def test_cka_by_hand():
    one = np.array([[1.0], [-1.0], [0.0], [0.0]])
    other = np.array([[0.0], [0.0], [1.0], [-1.0]])
    assert cka(one, one) == pytest.approx(1)
    assert cka(one, other) == 0
    # [[2, 0], [0, 2]] against [[2]]: 4 / (sqrt(8) * 2)
    assert cka(np.hstack([one, other]), one) == pytest.approx(1 / np.sqrt(2))


def test_cka_does_not_see_rotation_scale_and_shift():
    turn, _ = np.linalg.qr(RNG.standard_normal((5, 5)))
    assert cka(ROWS, 3 * ROWS @ turn + 7) == pytest.approx(1)
    assert cka(ROWS, np.ones((40, 2))) == 0


def test_similarity_is_symmetric_with_ones():
    found = similarity([ROWS, ROWS[:, :2], RNG.standard_normal((40, 3))])
    assert np.array_equal(found, found.T)
    assert np.array_equal(np.diag(found), np.ones(3))


def test_the_plane_keeps_what_lies_in_a_plane():
    flat = np.zeros((40, 5))
    flat[:, 1], flat[:, 3] = 3 * ROWS[:, 0], ROWS[:, 1]
    found = plane([flat, flat + 0.0])
    assert found.points.shape == (2, 40, 2)
    assert found.explained.sum() == pytest.approx(1)
    apart = np.linalg.norm(flat[:, None] - flat[None], axis=2)
    shown = np.linalg.norm(found.points[0][:, None] - found.points[0][None], axis=2)
    np.testing.assert_allclose(shown, apart, atol=1e-9)


def test_a_single_column_has_a_plane_too():
    found = plane([ROWS[:, :1]])
    assert found.points.shape == (1, 40, 2)
    assert np.array_equal(found.explained, [1, 0])


@pytest.mark.parametrize(
    ("blocks", "count", "expected"),
    [(48, 5, [0, 12, 24, 36, 48]), (2, 5, [0, 1, 2]), (1, 2, [0, 1])],
)
def test_depths(blocks, count, expected):
    assert depths_of(blocks, count).tolist() == expected


def test_states_come_back_from_bytes():
    puzzle, answer = toy_puzzle(0)
    states = states_on_processor(puzzle, *puzzle.indices(answer), puzzle.x)
    made = States(np.array([0, 5]), np.zeros(len(puzzle.x), np.intp), states[[0, 5]])
    back = States.unpack(made.pack())
    assert np.array_equal(back.states, made.states)
    np.testing.assert_allclose(back.states[0], puzzle.x)
    with pytest.raises(PermqError, match="damaged"):
        States.unpack(b"nothing")
