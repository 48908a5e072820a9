"""Errors say what they say in one line, whatever they quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.errors import LONGEST_TEXT, OptionError, PermqError, PuzzleError


@given(st.text(st.characters()))
def test_an_error_is_one_line_that_a_terminal_can_show(text):
    shown = str(OptionError(f"{text} is no number"))
    assert shown.isprintable()
    assert len(shown) <= LONGEST_TEXT
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", r"a\nb"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\udcff", r"\udcff"),
        ("größe – 1,2 × 3", "größe – 1,2 × 3"),
    ],
)
def test_what_cannot_be_shown_is_written_as_python_does(text, shown):
    assert str(PermqError(text)) == shown
    assert str(PuzzleError("a\tb", "is damaged")) == r"a\tb: is damaged"


def test_a_text_that_quotes_a_file_is_cut():
    shown = str(PuzzleError("x" * 100_000, "is damaged"))
    assert len(shown) == LONGEST_TEXT
    assert shown.endswith("x: is damaged")
