"""`--lock`, an option of several search commands."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from permq.cli.places import places
from permq.errors import OptionError

Body = TypeVar("Body", bound=Callable[..., Any])


def lock_option(body: Body) -> Body:
    """Add `--lock`, handed over as `lock: frozenset[int]`, to be checked by `within`."""
    return click.option(
        "--lock", callback=places, metavar="0-3,7", help="Positions whose blocks stay."
    )(body)


def within(positions: frozenset[int], blocks: int, option: str = "--lock") -> frozenset[int]:
    """Give positions back when an arrangement of so many blocks has them all.

    Raises
    ------
    OptionError
        When it does not; the message names the option.
    """
    if not all(0 <= position < blocks for position in positions):
        raise OptionError(f"{option}: positions run from 0 to {blocks - 1}")
    return positions
