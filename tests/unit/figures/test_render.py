"""From numbers to files."""

import struct

import pytest

from permq.errors import MissingDataError, OptionError
from permq.figures.figure import Figure
from permq.figures.render import PNG, SVG, attempt, picture
from permq.pool.connection import UnreachableError


class Line(Figure[list[float]]):
    """A figure of what it is given, or of what goes wrong."""

    name, summary = "line", "a line"

    def __init__(self, wrong: Exception | None = None) -> None:
        self.wrong = wrong

    def compute(self, sources):
        if self.wrong:
            raise self.wrong
        return [1.0, 2.0]

    def draw(self, numbers):
        from permq.figures import style

        drawing = style.canvas("A line", 3.0)
        drawing.subplots().plot(numbers)
        return drawing


class Row:
    label = "toy"


class Nothing:
    row = Row()


def test_a_picture_is_1200_pixels_wide_and_its_text_is_text():
    drawn = picture(Line(), [1.0, 3.0], "toy")
    assert struct.unpack(">II", drawn.files[PNG][16:24]) == (1200, 300)
    assert b"line: toy" in drawn.files[SVG]
    assert b">A line</text>" in drawn.files[SVG]


def test_the_same_numbers_give_the_same_files():
    assert picture(Line(), [1.0, 3.0]).files == picture(Line(), [1.0, 3.0]).files


def test_what_goes_wrong_with_one_figure_is_told():
    made = attempt(Line(), Nothing())
    assert (made.problem, made.missing) == (None, False)
    missing = attempt(Line(MissingDataError("toy: nothing yet")), Nothing())
    assert (missing.picture, missing.problem, missing.missing) == (None, "toy: nothing yet", True)
    failed = attempt(Line(ValueError("of no\nuse")), Nothing())
    assert (failed.problem, failed.missing) == ("ValueError: of no use", False)


@pytest.mark.parametrize("error", [OptionError("no such method"), UnreachableError("gone")])
def test_what_is_wrong_with_all_of_them_ends_it(error):
    with pytest.raises(type(error)):
        attempt(Line(error), Nothing())
