"""Positions, pieces and weights given as text: `0-3,7` and `swap:1,insertion:2`."""

from collections.abc import Iterable
from itertools import pairwise


def read_places(text: str) -> frozenset[int]:
    """Whole numbers and ranges of them, joined by commas; the empty text is no place.

    Raises
    ------
    ValueError
        When the text is anything else; it quotes the wrong part.
    """
    found: set[int] = set()
    for part in text.split(",") if text else ():
        first, dash, last = part.strip().partition("-")
        last = last if dash else first
        if not all(end.isascii() and end.isdigit() and len(end) < 7 for end in (first, last)):
            raise ValueError(f"{part!r} is no number and no range such as 0-3")
        if int(last) < int(first):
            raise ValueError(f"{part!r} runs from a larger to a smaller number")
        found.update(range(int(first), int(last) + 1))
    return frozenset(found)


def places_text(places: Iterable[int]) -> str:
    """Whole numbers as text, ascending, with neighbours joined to ranges."""
    numbers = sorted(places)
    breaks = [at for at, (one, next_) in enumerate(pairwise(numbers), 1) if next_ != one + 1]
    runs = [numbers[first:last] for first, last in pairwise([0, *breaks, len(numbers)])]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs if run)


def usual_places(text: str) -> str:
    """Places in the form that all texts of the same places have; see `read_places`."""
    return places_text(read_places(text))


def read_weights(text: str) -> dict[str, float]:
    """Weights by name; a name alone weighs 1.

    Raises
    ------
    ValueError
        When a weight is no number, or a name is missing or stands twice.
    """
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, _, weight = (word.strip() for word in part.partition(":"))
        if not name or name in weights:
            raise ValueError(f"{part!r}: names are wanted, each once, such as swap:1,insertion:2")
        try:
            weights[name] = float(weight or 1)
        except ValueError:
            raise ValueError(f"{part!r}: {weight!r} is no number") from None
    return weights


def read_exchanges(text: str) -> tuple[tuple[int, int], ...]:
    """Exchanges of two positions each, such as `3-9,12-40`; the empty text is none.

    Raises
    ------
    ValueError
        When the text is anything else; it quotes the wrong part.
    """
    found = []
    for part in text.split(",") if text else ():
        ends = [end.strip() for end in part.split("-")]
        if len(ends) != 2 or not all(e.isascii() and e.isdigit() and len(e) < 7 for e in ends):
            raise ValueError(f"{part!r} is no exchange of two positions such as 3-9")
        found.append((int(ends[0]), int(ends[1])))
    return tuple(found)
