"""Solutions over time."""

import numpy as np

from permq.figures.convergence import FEW, SHOWN, grouped, zoom_window


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
    hours = np.array([0.0, 1, 5, *np.linspace(6, 8, FEW)])
    costs = np.array([9.0, 8, 1, *range(2, 2 + FEW)])
    best = np.minimum.accumulate(costs)
    assert zoom_window(hours, costs, best) == (6.0, 8.0, 1.0, 6.5)


def test_of_few_solutions_all_are_in_the_zoom():
    hours, costs = np.array([0.0, 1, 1.5, 2]), np.array([3e-4, 2.5e-4, 1.5e-4, 1e-14])
    first, last, low, high = zoom_window(hours, costs, costs)
    assert (first, last, high) == (0, 2, 3e-4)
    assert 1e-6 < low < 1.5e-4


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
