"""Puzzles at a node: fetched from the pool once, kept on its disk, and the last few in memory."""

import os
import tempfile
from collections import OrderedDict
from pathlib import Path

from permq.core.puzzle import Puzzle
from permq.errors import PuzzleError
from permq.pool.connection import Connection, transaction
from permq.pool.content import unpack
from permq.pool.puzzles import content

IN_MEMORY = 2


class PuzzleCache:
    """Puzzles by fingerprint.

    Parameters
    ----------
    folder
        Where they are kept; shared by the processes of a node.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: OrderedDict[str, Puzzle] = OrderedDict()

    def get(self, connection: Connection, puzzle_id: int, fingerprint: str) -> Puzzle:
        """Give a puzzle, from wherever it is nearest.

        Raises
        ------
        PoolError
            When it must be fetched and Postgres fails.
        """
        found = self._loaded.get(fingerprint) or self._saved(fingerprint)
        if found is None:
            with transaction(connection) as cursor:
                data = content(cursor, puzzle_id)
            found = unpack(data)
            self._save(fingerprint, data)
        self._loaded[fingerprint] = found
        self._loaded.move_to_end(fingerprint)
        while len(self._loaded) > IN_MEMORY:
            self._loaded.popitem(last=False)
        return found

    def _path(self, fingerprint: str) -> Path:
        return self._folder / f"{fingerprint}.npz"

    def _saved(self, fingerprint: str) -> Puzzle | None:
        path = self._path(fingerprint)
        try:
            found = unpack(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, PuzzleError):
            # half a file of a full disk: the pool has it whole
            path.unlink(missing_ok=True)
            return None
        return found if found.fingerprint == fingerprint else None

    def _save(self, fingerprint: str, data: bytes) -> None:
        """Keep a puzzle; a disk that is full costs a fetch at the next start, no more."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(self._path(fingerprint))
        except OSError:
            Path(name).unlink(missing_ok=True)
