"""Solutions as tables in files: CSV, JSON and Parquet."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from permq.core.arrangement import Arrangement
from permq.core.puzzle import Puzzle
from permq.errors import AnswerError, OptionError
from permq.pool import jobs
from permq.pool.connection import Cursor
from permq.pool.queries import load
from permq.pool.solutions import Checked, Found, check, known_hashes, record

FORMATS = {".csv": "CSV", ".json": "JSON", ".parquet": "Parquet"}
COLUMNS = (
    "id",
    "puzzle",
    "hash",
    "answer",
    "cost",
    "exact",
    "match",
    "solved",
    "method",
    "node",
    "job",
    "parent",
    "found_at",
)
_TYPES = {"match": "boolean", "job": "Int64", "parent": "Int64"}  # that may be missing
_METHOD = "import"
_READ = ("puzzle", "answer", "permutation", "method", "node")
MAX_ROWS = 10_000_000
"""Of a Parquet file: some bytes of it can stand for any number of rows."""

MAX_BYTES = 2 << 30
MAX_ROWS = 10_000_000


@dataclass(frozen=True)
class Listed:
    """A solution as a file lists it.

    Parameters
    ----------
    found
        The arrangement, and what is said to have found it.
    node
        Where, if that is said.
    """

    found: Found
    node: str | None


@dataclass(frozen=True)
class Imported:
    """What `store` did.

    Parameters
    ----------
    read
        Solutions that the file listed.
    new
        Those that the pool did not know.
    solved
        Whether one of them is the answer.
    """

    read: int
    new: int
    solved: bool


def format_of(path: Path) -> str:
    """Format that a file's suffix says.

    Raises
    ------
    OptionError
        When it says none of `FORMATS`, or Parquet cannot be read or written here.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise OptionError(f"{path}: the name must end with {', '.join(FORMATS)}")
    if form == "Parquet" and find_spec("pyarrow") is None:
        raise OptionError("Parquet needs pyarrow: pip install 'permq[parquet]'")
    return form


def write(cursor: Cursor, puzzle_id: int, path: Path, limit: int | None = None) -> int:
    """Write a puzzle's solutions, the best first, with the columns `COLUMNS`.

    Parameters
    ----------
    path
        The file to write; its suffix says the format.
    limit
        How many at most; None for all.

    Returns
    -------
    int
        How many were written.

    Raises
    ------
    OptionError
        When the suffix says no format, or Parquet cannot be written here.
    """
    form = format_of(path)
    import pandas as pd

    given = {"puzzle": int(puzzle_id), "count": None if limit is None else int(limit)}
    cursor.execute(load("solutions")["export"], given)
    table = pd.DataFrame(cursor.fetchall(), columns=list(COLUMNS)).astype(_TYPES)
    if form == "CSV":
        table.to_csv(path, index=False)
    elif form == "JSON":
        table.to_json(path, orient="records", date_format="iso", double_precision=15, indent=1)
    else:
        table.to_parquet(path, index=False, engine="pyarrow")
    return len(table)


def read(path: Path, fingerprint: str) -> list[Listed]:
    """Read solutions from a file with a column `answer` (or `permutation`).

    An answer is a text or a list of pieces. `method` and `node` are taken over; costs and hashes
    are not: they are computed anew.

    Parameters
    ----------
    path
        The file; its suffix says the format.
    fingerprint
        Of the puzzle; a row whose column `puzzle` says another is refused.

    Raises
    ------
    OptionError
        When the file cannot be read.
    AnswerError
        When a row holds no answer; the message names it.
    """
    return [
        _listed(row, fingerprint, f"{path}, row {number}")
        for number, row in enumerate(_rows(path), 1)
    ]


def check_all(puzzle: Puzzle, listed: Sequence[Listed], where: Path) -> Iterator[Checked]:
    """Check solutions of a file one by one; see `permq.pool.solutions.check`.

    Raises
    ------
    AnswerError
        When one is none of this puzzle; the message names its row.
    """
    for number, one in enumerate(listed, 1):
        try:
            yield check(puzzle, one.found)
        except AnswerError as error:
            raise AnswerError(f"{where}, row {number}: {error}") from None


def store(
    cursor: Cursor, puzzle_id: int, listed: Sequence[Listed], checked: Sequence[Checked]
) -> Imported:
    """Record solutions of a file, and call off searches that an answer among them ends.

    Parameters
    ----------
    listed, checked
        What `read` and `check_all` returned.
    """
    before = known_hashes(cursor, puzzle_id, [one.arrangement.sha256 for one in checked])
    new = {one.arrangement.sha256 for one in checked} - before
    by_node: dict[str | None, list[Checked]] = {}
    for one, result in zip(listed, checked, strict=True):
        by_node.setdefault(one.node, []).append(result)
    for node, results in by_node.items():
        record(cursor, puzzle_id, results, node=node)
    solved = any(one.verification.solved for one in checked)
    if solved:
        jobs.end_searches(cursor, puzzle_id, None, "the puzzle is solved, by an imported answer")
    return Imported(len(checked), len(new), solved)


def _rows(path: Path) -> list[dict[Any, Any]]:
    form = format_of(path)
    try:
        with path.open("rb") as file:  # each library words a missing file in its own way
            size = os.fstat(file.fileno()).st_size
        if size > MAX_BYTES:
            raise OptionError(f"{path}: has {size:,} bytes; at most {MAX_BYTES:,} are read")
        if form == "Parquet":
            _check_parquet(path)
        if form == "JSON":
            rows = json.loads(path.read_bytes())
            if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
                raise OptionError(f"{path}: is no list of objects")
            return rows
        if form == "Parquet":
            return _parquet_rows(path)
        import pandas as pd

        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        return cast("list[dict[Any, Any]]", table.to_dict(orient="records"))
    except OSError as error:
        raise OptionError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        problem = " ".join(str(error).split())[:200]
        raise OptionError(f"{path}: cannot be read as {form}: {problem}") from None


def _check_parquet(path: Path) -> None:
    """Complain about a file that is larger unpacked than one that is read as it is."""
    from pyarrow.parquet import read_metadata

    about = read_metadata(path)
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    size = sum(group.total_byte_size for group in groups)
    if about.num_rows > MAX_ROWS or not 0 <= size <= MAX_BYTES:
        raise OptionError(
            f"{path}: has {about.num_rows:,} rows of {size:,} bytes when unpacked; at most "
            f"{MAX_ROWS:,} of {MAX_BYTES:,} are read"
        )


def _parquet_rows(path: Path) -> list[dict[Any, Any]]:
    """Rows without a look at what pandas has noted in the file about itself."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            if file.metadata.num_rows > MAX_ROWS:
                raise OptionError(f"{path}: has more than {MAX_ROWS:,} rows")
            columns = [name for name in file.schema_arrow.names if name in _READ]
            rows = file.read(columns=columns, use_threads=False).to_pylist()
    except pa.ArrowException as error:
        raise ValueError(str(error)) from None
    return cast("list[dict[Any, Any]]", rows)


def _listed(row: Mapping[Any, Any], fingerprint: str, where: str) -> Listed:
    puzzle = row.get("puzzle")
    if puzzle and puzzle != fingerprint:
        raise AnswerError(f"{where}: is of another puzzle, {str(puzzle)[:12]}")
    named = next((name for name in ("answer", "permutation") if name in row), None)
    if named is None:
        raise AnswerError(f"{where}: has no answer (or permutation)")
    answer = row[named]
    try:
        if isinstance(answer, str):
            # arrays as Postgres writes them are answers too
            arrangement = Arrangement.parse(answer.strip().removeprefix("{").removesuffix("}"))
        else:
            arrangement = Arrangement.of([int(piece) for piece in answer])
    except (AnswerError, TypeError, ValueError, OverflowError) as error:
        raise AnswerError(f"{where}: {error}") from None
    method, node = row.get("method"), row.get("node")
    return Listed(
        Found(arrangement, method if isinstance(method, str) and method else _METHOD),
        node if isinstance(node, str) and node else None,
    )
