"""Layers in the plane."""

import numpy as np
import pytest

from permq.figures.activation_fingerprints import principal_components, responses
from tests.toys import PLAIN_ACTIVATIONS, toy_puzzle


def test_points_of_a_plane_are_put_back_into_it():
    rng = np.random.default_rng(0)
    plane = rng.standard_normal((9, 2)) * [3, 1]
    table = plane @ np.linalg.qr(rng.standard_normal((20, 2)))[0].T + 5
    places, share = principal_components(table)
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert gaps == pytest.approx(np.linalg.norm(plane[:, None] - plane[None], axis=2))
    assert share.sum() == pytest.approx(1)
    assert share[0] > share[1] > 0
    assert places[np.abs(places).argmax(axis=0), [0, 1]].min() > 0


@pytest.mark.parametrize("table", [np.ones((4, 3)), np.ones((1, 3))])
def test_what_does_not_differ_is_one_point(table):
    places, share = principal_components(table)
    assert places.tolist() == [[0, 0]] * len(table)
    assert share.tolist() == [0, 0]


def test_layers_answer_probe_rows():
    puzzle, _ = toy_puzzle(2, activation="tanh")
    x = puzzle.x[:3]
    inputs, outputs = responses(puzzle, x)
    hidden = np.stack(
        [
            PLAIN_ACTIVATIONS["tanh"](x @ w.T + b)
            for w, b in zip(puzzle.w_in, puzzle.b_in, strict=True)
        ]
    )
    assert inputs == pytest.approx(hidden.reshape(5, -1), rel=1e-4, abs=1e-5)
    mean = hidden.mean(axis=0)
    assert outputs[4] == pytest.approx((mean @ puzzle.w_out[4].T).ravel(), rel=1e-4, abs=1e-5)
