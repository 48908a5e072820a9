"""The data of a puzzle: a CSV file with a header, one row per input."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from permq.core.files import read_bounded
from permq.core.puzzle import Floats
from permq.errors import PuzzleError

MAX_TABLE_BYTES = 512 << 20
MAX_COLUMNS = 100_000

# what the fast reader is trusted with; anything else is left to the strict one
_PLAIN = b"0123456789+-.eE,\r\n"
_NO_TEXT = "is no CSV in UTF-8"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Table:
    """Inputs and answers, one row each.

    Parameters
    ----------
    x
        (N, d) float32.
    pred
        (N, m) float32.
    true
        (N, m) float32, or None where the file has no labels.
    """

    x: Floats
    pred: Floats
    true: Floats | None


@dataclass(frozen=True)
class Columns:
    """Places of the columns in a row, by meaning."""

    names: tuple[str, ...]
    x: tuple[int, ...]
    pred: tuple[int, ...]
    true: tuple[int, ...]


def read_table(path: Path) -> Table:
    """Read inputs, predictions and labels.

    The columns `pred` (or `pred_0`, `pred_1`, …) and `true` (likewise, or none) are known by
    name; all others are inputs, in their order in the file.

    Parameters
    ----------
    path
        The CSV file: comma-separated, UTF-8, a header, decimal numbers. Blank lines are skipped.

    Returns
    -------
    Table
        Every value is the float32 nearest to the float64 nearest to its text.

    Raises
    ------
    PuzzleError
        When it cannot be read or a header, row or value is not as it should be; it names the line
        and the column.
    """
    data = read_bounded(path, MAX_TABLE_BYTES).removeprefix(b"\xef\xbb\xbf")
    head, body = _split_header(data)
    try:
        columns = read_header(head.decode("utf-8"), path)
    except UnicodeDecodeError:
        raise PuzzleError(path, _NO_TEXT) from None
    values = read_fast(body, len(columns.names))
    if values is None:
        values = read_strictly(body, columns.names, path)
    return Table(
        _take(values, columns.x),
        _take(values, columns.pred),
        _take(values, columns.true) if columns.true else None,
    )


def read_header(line: str, path: Path) -> Columns:
    """Find out what each column is.

    Parameters
    ----------
    line
        The first line of the file.
    path
        Named in errors.

    Raises
    ------
    PuzzleError
        When a name stands twice, `pred` or inputs are missing, or numbered columns have a gap.
    """
    if line.count(",") >= MAX_COLUMNS:
        raise PuzzleError(path, f"line 1: has more than {MAX_COLUMNS:,} columns")
    names = tuple(_bare(name) for name in line.split(","))
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name in places:
            raise PuzzleError(path, f"line 1: column {name[:40]!r} stands twice")
        places[name] = place
    pred, true = (_numbered(kind, places, path) for kind in ("pred", "true"))
    if not pred:
        raise PuzzleError(path, "line 1: has no column pred (nor pred_0)")
    if true and len(true) != len(pred):
        raise PuzzleError(path, f"line 1: has {len(pred)} columns of pred, but {len(true)} of true")
    known = {*pred, *true}
    x = tuple(place for place in range(len(names)) if place not in known)
    if not x:
        raise PuzzleError(path, "line 1: has no input columns")
    return Columns(names, x, pred, true)


def read_fast(body: bytes, columns: int) -> Floats | None:
    """Read rows of plain decimal numbers; None when that is not what they are.

    `numpy.loadtxt` reads the real puzzle in 25 ms, `numpy.fromstring` in 40, `json` in 50, `float`
    in 70, and pandas takes 200 to import. What it would accept beyond plain numbers never
    reaches it.

    Parameters
    ----------
    body
        All lines after the header.
    columns
        Number of values per line.

    Returns
    -------
    (N, columns) float32 or None
        None says nothing about what is wrong, or whether anything is: see `read_strictly`.
    """
    if body.translate(None, _PLAIN) or not body.strip(b"\r\n"):
        return None
    try:
        values = np.loadtxt(
            io.BytesIO(body), np.float32, delimiter=",", comments=None, ndmin=2, encoding="latin1"
        )
    except ValueError:
        return None
    if values.shape[1] != columns or not np.isfinite(values).all():
        return None
    return values


def read_strictly(body: bytes, names: Sequence[str], path: Path) -> Floats:
    """Read rows value by value, and say exactly what is wrong where something is.

    Parameters
    ----------
    body
        What follows the header, from the end of its line on.
    names
        The columns.
    path
        Named in errors.

    Returns
    -------
    (N, columns) float32

    Raises
    ------
    PuzzleError
        Naming the line and the column at fault.
    """
    rows: list[NDArray[np.float32]] = []
    for number, line in _lines(body, path):
        if not line.strip(" \t"):
            continue
        count = line.count(",") + 1
        if count != len(names):
            raise PuzzleError(
                path, f"line {number}: has {count} columns, the header has {len(names)}"
            )
        words = [_bare(word) for word in line.split(",")]
        for word, name in zip(words, names, strict=True):
            if not _NUMBER.fullmatch(word):
                _refuse(word, f"line {number}, column {name[:40]!r}", path)
        with np.errstate(over="ignore"):
            row = np.array([float(word) for word in words]).astype(np.float32)
        if not np.isfinite(row).all():
            place = int(np.argmin(np.isfinite(row)))
            raise PuzzleError(
                path,
                f"line {number}, column {names[place][:40]!r}: {words[place][:40]} is too large "
                "for float32",
            )
        rows.append(row)
    if not rows:
        raise PuzzleError(path, "has no rows")
    return np.stack(rows)


def _refuse(word: str, where: str, path: Path) -> NoReturn:
    if not word:
        raise PuzzleError(path, f"{where}: is empty")
    if _NOT_FINITE.fullmatch(word):
        raise PuzzleError(path, f"{where}: {word} is no finite number")
    raise PuzzleError(path, f"{where}: {word[:40]!r} is no number")


def _numbered(kind: str, places: dict[str, int], path: Path) -> tuple[int, ...]:
    """Places of `kind`, or of `kind_0`, `kind_1`, … in this order."""
    numbered = {name for name in places if re.fullmatch(rf"{kind}_[0-9]+", name)}
    if kind in places:
        if numbered:
            raise PuzzleError(path, f"line 1: has both {kind} and {min(numbered)[:40]}")
        return (places[kind],)
    wanted = [f"{kind}_{number}" for number in range(len(numbered))]
    for name in wanted:
        if name not in numbered:
            raise PuzzleError(path, f"line 1: has {len(numbered)} columns {kind}_…, but no {name}")
    return tuple(places[name] for name in wanted)


def _bare(word: str) -> str:
    """Take blanks and one pair of quotes away."""
    word = word.strip(" \t\r")
    quoted = len(word) > 1 and word[0] == word[-1] == '"'
    return word[1:-1].strip(" \t") if quoted else word


def _lines(body: bytes, path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers in the file, made one at a time; any kind of line end will do."""
    lines = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline=None)
    try:
        for number, line in enumerate(lines, start=1):
            yield number, line.removesuffix("\n")
    except UnicodeDecodeError:
        raise PuzzleError(path, _NO_TEXT) from None


def _split_header(data: bytes) -> tuple[bytes, bytes]:
    ends = [place for mark in (b"\r", b"\n") if (place := data.find(mark)) >= 0]
    end = min(ends, default=len(data))
    return data[:end], data[end:]


def _take(values: Floats, places: tuple[int, ...]) -> Floats:
    first, last = places[0], places[-1]
    if places == tuple(range(first, last + 1)):
        return np.ascontiguousarray(values[:, first : last + 1])
    return np.ascontiguousarray(values[:, places])
