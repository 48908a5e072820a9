"""What commands print and write: results as lines or JSON, and files that are whole or absent."""

import json
import math
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from permq.errors import OptionError


def plain(value: object) -> object:
    """Turn a result into what JSON can hold.

    Parameters
    ----------
    value
        Mappings, sequences, sets, numbers, text, paths, numpy scalars and arrays, nested at will.

    Returns
    -------
    object
        The same in dict, list, str, int, float, bool and None. NaN and infinities, which JSON
        does not know, become None.

    Raises
    ------
    TypeError
        When a value is none of these.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    # numpy's scalars and arrays turn themselves into Python's numbers and lists.
    convert = getattr(value, "tolist", None)
    if convert is not None:
        return plain(convert())
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def emit(
    payload: Mapping[str, object], *, as_json: bool = False, lines: Iterable[str] | None = None
) -> None:
    """Print a command's result on standard output.

    Parameters
    ----------
    payload
        The result, one entry per fact.
    as_json
        Print it as one JSON object on one line.
    lines
        What to print otherwise; by default one `name: value` per entry.
    """
    if as_json:
        click.echo(json.dumps(plain(payload), allow_nan=False))
        return
    if lines is None:
        lines = (f"{name.replace('_', ' ')}: {value}" for name, value in payload.items())
    for line in lines:
        click.echo(line)


def refuse_unwritable(path: Path) -> None:
    """Say early that a file cannot be written, as far as its folder shows.

    Parameters
    ----------
    path
        The file to make or replace.

    Raises
    ------
    OptionError
        When its folder is missing or may not be written to.
    """
    if _is_stream(path):
        return
    folder = _real(path).parent
    if not folder.is_dir():
        raise OptionError(f"{path}: cannot be written: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise OptionError(f"{path}: cannot be written: no permission in the folder {folder}")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write a file so that it is there whole or not at all.

    Parameters
    ----------
    path
        The file to make or replace; a link is followed. What is no ordinary file, such as
        `/dev/null`, is written to and stays what it is.

    Yields
    ------
    Path
        A new empty file with the same suffix, in the same folder, to be written by the caller;
        it takes the place of `path` when the block ends without an error.

    Raises
    ------
    OptionError
        When it cannot be written; the message names `path` and the reason.
    """
    import tempfile

    temporary: Path | None = None
    stream, real = _is_stream(path), _real(path)
    try:
        handle, name = tempfile.mkstemp(
            dir=None if stream else real.parent,
            prefix=f".{real.stem}-",
            suffix=path.suffix or ".tmp",
        )
        os.close(handle)
        temporary = Path(name)
        yield temporary
        if stream:
            path.write_bytes(temporary.read_bytes())
            return
        # mkstemp allows nobody else to read; a result is an ordinary file.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(real)
    except OSError as error:
        raise OptionError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    """Whether there is something that a file must not take the place of: a device, a pipe."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _real(path: Path) -> Path:
    """The path with links followed; they stay links when their file is replaced."""
    return Path(os.path.realpath(path))


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all.

    Parameters
    ----------
    path
        The file to make or replace.
    text
        Its content; a newline is added at the end where it has none.

    Raises
    ------
    OptionError
        When it cannot be written.
    """
    with whole_file(path) as temporary:
        temporary.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
