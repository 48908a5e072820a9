"""`--puzzle`: a puzzle of the pool by name or fingerprint, or a folder that is added to it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from permq.pool.connection import Connection
    from permq.pool.puzzles import PuzzleRow

Body = TypeVar("Body", bound=Callable[..., Any])


def puzzle_option(body: Body) -> Body:
    """Add `--puzzle`, handed over as `puzzle: str | None`; see `resolve`."""
    return click.option(
        "--puzzle",
        metavar="NAME|FINGERPRINT|DIR",
        help="The puzzle: its name, the beginning of its fingerprint, or a folder, which is added "
        "to the pool; by default the newest.",
    )(body)


def resolve(connection: "Connection", text: str | None) -> "PuzzleRow":
    """Find the puzzle that is meant, and store it first where a folder is given.

    Parameters
    ----------
    connection
        Outside a transaction.
    text
        A name, the beginning of a fingerprint, or the path of a folder or file; None is the
        newest puzzle. What has a separator in it is a path; else the pool is asked first.

    Raises
    ------
    OptionError
        When there is no such puzzle, or several that may be meant.
    PuzzleError
        When the folder's puzzle cannot be used.
    """
    from permq.errors import OptionError
    from permq.pool import puzzles
    from permq.pool.connection import transaction

    if text is None or not _is_path(text):
        try:
            with transaction(connection) as cursor:
                return puzzles.find(cursor, text)
        except OptionError:
            if text is None or not _exists(text):
                raise
    from permq.cli.puzzle_history import keep_training
    from permq.core.loading import load_puzzle

    puzzle = load_puzzle(text)
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, puzzle)
        keep_training(cursor, row, Path(text))
        return row


def _is_path(text: str) -> bool:
    """Whether a word can be meant as a path only."""
    return os.sep in text or text in {".", ".."} or text.endswith((".pth", ".pt", ".safetensors"))


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # too long for a path, or no text of one
        return False
