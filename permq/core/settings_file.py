"""`puzzle.toml`: what a puzzle's maker says about it beside its files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from permq.core.activations import ACTIVATIONS
from permq.core.files import read_bounded
from permq.errors import PuzzleError

MAX_BYTES = 64 << 10
MAX_NAME = 100
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class PuzzleSettings:
    """Contents of `puzzle.toml`; what it leaves out is None.

    Parameters
    ----------
    name
        What people call the puzzle.
    activation
        `relu`, `gelu`, `silu` or `tanh`.
    solution_sha256
        SHA-256 of the answer text, 64 lower-case hexadecimal digits.
    made
        How the puzzle was made, where `permq puzzle make` wrote it; nothing reads it.
    """

    name: str | None = None
    activation: str | None = None
    solution_sha256: str | None = None
    made: Mapping[str, object] = field(default_factory=dict)


def read_settings(path: Path) -> PuzzleSettings:
    """Read `puzzle.toml`; a file that does not exist says nothing.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    PuzzleError
        When it is no TOML, or a key is unknown or of a wrong kind.
    """
    if not path.exists():
        return PuzzleSettings()
    import tomllib  # 3 ms that most puzzles need not wait for

    try:
        given = tomllib.loads(read_bounded(path, MAX_BYTES).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise PuzzleError(path, f"is no TOML: {_one_line(error)}") from None
    known = [one.name for one in fields(PuzzleSettings)]
    for key in given:
        if key not in known:
            raise PuzzleError(path, f"unknown key {key[:40]!r}; it may hold {', '.join(known)}")
    _check_name(given.get("name"), path)
    activation = given.get("activation")
    if activation is not None and activation not in list(ACTIVATIONS):
        raise PuzzleError(path, f"activation must be one of {', '.join(ACTIVATIONS)}")
    sha256 = given.get("solution_sha256")
    if sha256 is not None:
        if not (isinstance(sha256, str) and _SHA256.fullmatch(sha256)):
            raise PuzzleError(path, "solution_sha256 must be 64 hexadecimal digits")
        given["solution_sha256"] = sha256.lower()
    if not isinstance(given.get("made", {}), dict):
        raise PuzzleError(path, "made must be a table, [made]")
    return PuzzleSettings(**given)


def _check_name(name: object, path: Path) -> None:
    if name is None:
        return
    if not (isinstance(name, str) and 0 < len(name) <= MAX_NAME and name.isprintable()):
        raise PuzzleError(path, f"name must be a text of 1 to {MAX_NAME} printable characters")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
