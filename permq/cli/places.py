"""Positions and pieces given as text: `0-3,7`."""

import click

from permq.jobs.places import read_places


def places(context: click.Context, parameter: click.Parameter, text: str | None) -> frozenset[int]:
    """Turn an option's text into a set: whole numbers and ranges of them, joined by commas.

    Parameters
    ----------
    context, parameter
        What click hands to a callback.
    text
        None, when the option is not given, is the empty set.

    Raises
    ------
    click.BadParameter
        When the text is anything else; it quotes the wrong part.
    """
    if text is None:
        return frozenset()
    if not text.strip():
        raise click.BadParameter("'' is no number and no range such as 0-3")
    try:
        return read_places(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
