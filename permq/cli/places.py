"""Positions and pieces given as text: `0-3,7`."""

import click


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
    found: set[int] = set()
    for part in () if text is None else text.split(","):
        first, _, last = part.strip().partition("-")
        last = last or first
        if not all(end.isascii() and end.isdigit() and len(end) < 7 for end in (first, last)):
            raise click.BadParameter(f"{part!r} is no number and no range such as 0-3")
        if int(last) < int(first):
            raise click.BadParameter(f"{part!r} runs from a larger to a smaller number")
        found.update(range(int(first), int(last) + 1))
    return frozenset(found)
