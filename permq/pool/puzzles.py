"""Puzzles of the pool: stored once by what they hold, found by name or fingerprint."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import psycopg2

from permq.core.puzzle import Puzzle
from permq.errors import OptionError, PoolError
from permq.pool.connection import Cursor, scalar
from permq.pool.content import contents_of, pack, without_roles
from permq.pool.queries import load

MAX_NAME = 100
MAX_BYTES = 256 << 20
"""Of a puzzle's layers and data; Postgres takes no value beyond half a gigabyte."""
_HEXADECIMAL = frozenset("0123456789abcdef")
_SHOWN = 12  # digits of a fingerprint that are shown to people


@dataclass(frozen=True)
class PuzzleRow:
    """A puzzle as the pool knows it.

    Parameters
    ----------
    id
        Its number in this database.
    fingerprint
        SHA-256 over its contents, see `permq.core.fingerprint`.
    name
        What people call it; several may share one.
    activation
        `relu`, `gelu`, `silu` or `tanh`.
    blocks, width, hidden, outputs, rows
        Its sizes, see `permq.core.puzzle.Puzzle`.
    answer_sha256
        Hash of the answer text, where it is known.
    added_at
        When it came into the pool.
    solved_at
        When a solution was found that is the answer; None before.
    """

    id: int
    fingerprint: str
    name: str
    activation: str
    blocks: int
    width: int
    hidden: int
    outputs: int
    rows: int
    answer_sha256: str | None
    added_at: datetime
    solved_at: datetime | None

    @property
    def label(self) -> str:
        """Its name and the beginning of its fingerprint, for people."""
        return f"{self.name} ({self.fingerprint[:_SHOWN]})"


def add(cursor: Cursor, puzzle: Puzzle, *, name: str | None = None) -> PuzzleRow:
    """Store a puzzle; one that is there already stays what it is.

    A stored puzzle learns the hash of its answer, and its activation may be corrected as long as
    nothing was computed with it.

    Parameters
    ----------
    puzzle
        What to store. Its fingerprint is computed anew.
    name
        What to call it; its own name by default, and a stored one keeps its name then.

    Raises
    ------
    OptionError
        When the name is empty or unprintable, the puzzle is too large, or a stored one of the same
        contents contradicts.
    """
    called = _checked_name(puzzle.name if name is None else name)
    _refuse_large(puzzle)
    puzzle = replace(without_roles(puzzle), name=called)
    contents = contents_of(puzzle)
    pieces = [*puzzle.inp_pieces.tolist(), *puzzle.out_pieces.tolist(), int(puzzle.last_piece)]
    known = puzzle.solution_sha256
    sql = load("puzzles")
    cursor.execute(
        sql["add"],
        {
            "fingerprint": contents,
            "name": called,
            "activation": str(puzzle.activation),
            "blocks": puzzle.blocks,
            "width": puzzle.width,
            "hidden": puzzle.hidden,
            "outputs": puzzle.outputs,
            "rows": puzzle.rows,
            "pieces": pieces,
            "answer_sha256": None if known is None else str(known),
            "content": psycopg2.Binary(pack(puzzle)),
        },
    )
    row = _by_fingerprint(cursor, contents)
    if name is not None and row.name != called:
        cursor.execute(sql["rename"], {"id": row.id, "name": called})
    _refresh(cursor, row, puzzle)
    return _by_fingerprint(cursor, contents)


def find(cursor: Cursor, text: str | None = None) -> PuzzleRow:
    """Find one puzzle.

    Parameters
    ----------
    text
        Its name or the beginning of its fingerprint; None is the newest.

    Raises
    ------
    OptionError
        When there is none, or several that it may mean; the message lists them.
    """
    sql = load("puzzles")
    if text is None:
        cursor.execute(sql["newest"])
        rows = _rows(cursor)
        if not rows:
            raise OptionError("there is no puzzle in the pool yet: permq puzzle add DIR")
        return rows[0]
    beginning = text.lower() if text and set(text.lower()) <= _HEXADECIMAL else None
    cursor.execute(sql["called"], {"text": str(text), "beginning": beginning})
    rows = _rows(cursor)
    # a name says more than digits that happen to begin another fingerprint
    rows = [row for row in rows if row.name == text] or rows
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise OptionError(f"{text!r} may mean several puzzles: {_labels(rows)}")
    others = listing(cursor)
    there = f"there are {_labels(others)}" if others else "there is none at all: permq puzzle add"
    raise OptionError(f"there is no puzzle {text!r} in the pool; {there}")


def solved_now(cursor: Cursor, puzzle_id: int) -> bool:
    """Whether it was this transaction that solved a puzzle."""
    cursor.execute(load("puzzles")["solved_now"], {"puzzle": puzzle_id})
    return bool(scalar(cursor))


def listing(cursor: Cursor) -> list[PuzzleRow]:
    """All puzzles, the newest first."""
    cursor.execute(load("puzzles")["listing"])
    return _rows(cursor)


def content(cursor: Cursor, puzzle_id: int) -> bytes:
    """The puzzle itself, to be read by `permq.pool.content.unpack`.

    Raises
    ------
    PoolError
        When there is no such puzzle.
    """
    cursor.execute(load("puzzles")["content"], {"id": int(puzzle_id)})
    data = scalar(cursor)
    if data is None:
        raise PoolError(f"there is no puzzle {puzzle_id} in the pool")
    return bytes(data)


def _refresh(cursor: Cursor, row: PuzzleRow, puzzle: Puzzle) -> None:
    """Take over what is told anew about a stored puzzle, or say why that cannot be."""
    learned = row.answer_sha256 is None and puzzle.solution_sha256 is not None
    if row.answer_sha256 and puzzle.solution_sha256 not in (None, row.answer_sha256):
        raise OptionError(
            f"{row.label} is in the pool with another hash of its answer, {row.answer_sha256}"
        )
    corrected = row.activation != puzzle.activation
    if not learned and not corrected:
        return
    sql = load("puzzles")
    if corrected:
        cursor.execute(sql["is_used"], {"id": row.id})
        if scalar(cursor):
            raise OptionError(
                f"{row.label} is in the pool with activation {row.activation}, and was worked on "
                f"with it; it cannot become {puzzle.activation}"
            )
    answer = puzzle.solution_sha256 or row.answer_sha256
    told = replace(puzzle, solution_sha256=answer)
    cursor.execute(
        sql["refresh"],
        {
            "id": row.id,
            "activation": str(puzzle.activation),
            "answer_sha256": answer,
            "content": psycopg2.Binary(pack(told)),
        },
    )
    if learned:
        cursor.execute(sql["judge_again"], {"id": row.id, "answer_sha256": answer})
        cursor.execute(sql["solved_again"], {"id": row.id})


def _checked_name(name: str) -> str:
    if not (0 < len(name) <= MAX_NAME and name.isprintable() and name == name.strip()):
        raise OptionError(
            f"a puzzle's name is a text of 1 to {MAX_NAME} printable characters; got {name[:40]!r}"
        )
    return str(name)


def _refuse_large(puzzle: Puzzle) -> None:
    arrays = (value for value in vars(puzzle).values() if isinstance(value, np.ndarray))
    size = sum(array.nbytes for array in arrays)
    if size > MAX_BYTES:
        raise OptionError(
            f"{puzzle.name} takes {size:,} bytes; a puzzle of the pool has at most {MAX_BYTES:,}, "
            "as every node loads it: leave out rows of its data, or solve it here: permq solve DIR"
        )


def _by_fingerprint(cursor: Cursor, contents: str) -> PuzzleRow:
    cursor.execute(load("puzzles")["by_fingerprint"], {"fingerprint": contents})
    (row,) = _rows(cursor)
    return row


def _rows(cursor: Cursor) -> list[PuzzleRow]:
    return [PuzzleRow(*row) for row in cursor.fetchall()]


def _labels(rows: list[PuzzleRow], limit: int = 8) -> str:
    more = f" and {len(rows) - limit} more" if len(rows) > limit else ""
    return ", ".join(row.label for row in rows[:limit]) + more
