"""The record of a training that lies beside a puzzle, into the pool with it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from permq.pool.connection import Cursor
    from permq.pool.puzzles import PuzzleRow


def keep_training(cursor: "Cursor", row: "PuzzleRow", path: Path) -> bool:
    """Store what `permq puzzle make --history` left in a puzzle's folder; False without it.

    Raises
    ------
    PermqError
        When the file is no such record.
    OptionError
        When it cannot be read.
    """
    # as in permq.core.dropping.writing, which takes torch to load
    file = (path if path.is_dir() else path.parent) / "history.npz"
    if not file.is_file():
        return False
    from permq.core.files import read_bounded
    from permq.history.training import MAX_BYTES, TrainingRecord
    from permq.pool import history

    content = read_bounded(file, MAX_BYTES)
    TrainingRecord.unpack(content)
    history.keep_training(cursor, row.id, content)
    return True
