"""Solutions in the plane."""

import numpy as np
import pytest

from permq.figures.landscape import embedded


def test_distances_of_a_plane_are_kept():
    points = np.random.default_rng(1).standard_normal((7, 2))
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    places, explained = embedded(distance)
    found = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert found == pytest.approx(distance)
    assert explained == pytest.approx(1)


def test_a_corner_of_three_axes_does_not_fit_a_plane():
    places, explained = embedded(1 - np.eye(4))
    assert places.shape == (4, 2)
    assert explained == pytest.approx(2 / 3)


@pytest.mark.parametrize("count", [1, 3])
def test_equal_solutions_are_one_point(count):
    places, explained = embedded(np.zeros((count, count)))
    assert places.tolist() == [[0, 0]] * count
    assert explained == 0
