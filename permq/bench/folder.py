"""Output folders: whether they can be written is known before anything is computed."""

import tempfile
from pathlib import Path

from permq.errors import OptionError


def writable(folder: Path) -> Path:
    """Make a folder and try to write in it.

    Raises
    ------
    OptionError
        When that fails; it suggests another.
    """
    problem = _problem(folder)
    if problem is None:
        return folder
    name = folder.resolve().name or "permq"
    others = (Path.cwd() / name, Path.home() / name, Path(tempfile.gettempdir()) / name)
    for other in others:
        if other != folder.absolute() and _can_be_made(other):
            raise OptionError(f"{folder}: cannot be written: {problem}; try --out {other}")
    raise OptionError(f"{folder}: cannot be written: {problem}; name another by --out")


def _problem(folder: Path) -> str | None:
    """Why a folder cannot be written; None where it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


def _can_be_made(folder: Path) -> bool:
    """Whether a folder could be written, without leaving it behind."""
    there = folder
    while not there.exists():
        there = there.parent
    return there.is_dir() and _problem(there) is None
