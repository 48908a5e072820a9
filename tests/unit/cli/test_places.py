"""Positions and pieces given as text."""

import click
import pytest

from permq.cli.places import places


def read(text):
    command = click.Command("c")
    return places(click.Context(command), click.Option(["--lock"]), text)


@pytest.mark.parametrize(
    ("text", "found"),
    [(None, set()), ("4", {4}), ("0-3, 7", {0, 1, 2, 3, 7}), ("2-2,1", {1, 2})],
)
def test_numbers_and_ranges_are_a_set(text, found):
    assert read(text) == frozenset(found)


@pytest.mark.parametrize("text", ["", "a", "1,,2", "3-1", "-1", "1-2-3", "9999999", "1.5", "²"])
def test_anything_else_is_refused(text):
    with pytest.raises(click.BadParameter):
        read(text)
