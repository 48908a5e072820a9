"""Sizes, colours and units."""

import pytest

from permq.figures.style import CYCLE, GREY, MARKERS, colour, unit_of_time


@pytest.mark.parametrize(
    ("hours", "unit"),
    [(0, "seconds"), (0.02, "seconds"), (0.5, "minutes"), (3.9, "minutes"), (60, "hours")],
)
def test_time_is_told_in_numbers_that_are_read_easily(hours, unit):
    factor, name = unit_of_time(hours)
    assert name == unit
    assert hours * factor < 400


def test_categories_differ_by_colour_and_marker():
    assert len(set(CYCLE)) == len(set(MARKERS)) == len(CYCLE)
    assert colour(len(CYCLE)) == GREY
