"""Solutions over time."""

import numpy as np

from permq.figures.convergence import SHOWN, grouped, zoom_window


def test_groups_are_named_by_how_many_they_have():
    names, group = grouped(["a", "b", "", "b", "a", "b"])
    assert names == ("b", "a", "unknown")
    assert group.tolist() == [1, 0, 2, 0, 1, 0]


def test_too_many_groups_end_as_others():
    labels = [f"n{number:02}" for number in range(SHOWN + 2)] * 2 + ["n00"]
    names, group = grouped(labels)
    assert names == (*(f"n{number:02}" for number in range(SHOWN)), "others")
    assert (group == SHOWN).sum() == 4


def test_the_zoom_is_the_last_quarter_and_its_better_half():
    hours = np.array([0.0, 1, 5, 6.5, 7, 7.5, 8])
    costs = np.array([9.0, 8, 1, 4, 2, 6, 3])
    best = np.minimum.accumulate(costs)
    assert zoom_window(hours, costs, best) == (6.0, 8.0, 1.0, 3.5)


def test_the_answer_does_not_stretch_the_zoom():
    hours = np.linspace(0, 8, 41)
    costs = np.full(41, 0.01)
    costs[-1] = 1e-14
    first, last, low, high = zoom_window(hours, costs, np.minimum.accumulate(costs))
    assert (first, last, low, high) == (6.0, 8.0, 0.0025, 0.01)


def test_a_single_solution_has_a_zoom_too():
    one = np.array([0.0])
    first, last, low, high = zoom_window(one, one, one)
    assert first == last == 0
    assert 0 < low <= high
