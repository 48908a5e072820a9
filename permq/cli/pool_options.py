"""Options of the commands that read the pool."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from permq.cli.options import json_option
from permq.cli.pool_puzzle import puzzle_option
from permq.cli.servers import data_option

Body = TypeVar("Body", bound=Callable[..., Any])


def pool_options(body: Body) -> Body:
    """Add `--puzzle`, `--data` and `--json`: `puzzle: str | None, data: Path | None, as_json`."""
    return puzzle_option(data_option(json_option(body)))


def count_option(default: int, description: str) -> Callable[[Body], Body]:
    """Make the decorator for `--count`, handed over as `count: int`.

    Parameters
    ----------
    default
        How many when nothing is said.
    description
        What is counted.
    """
    return click.option(
        "--count",
        type=click.IntRange(min=1, max=10_000),
        metavar="N",
        default=default,
        show_default=True,
        help=description,
    )
