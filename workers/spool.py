"""Solutions that could not be written into the pool: kept on disk until they can.

One file a slice, whole or absent, on the disk before anybody forgets the solutions. Delivery
twice does no harm: a find is one row by job, slice and solution.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from permq.core.arrangement import Arrangement
from permq.errors import AnswerError
from permq.pool.solutions import Found

VERSION = 1
MAX_BYTES = 64 << 20
MAX_FILE_BYTES = 4 << 20


@dataclass(frozen=True)
class Spooled:
    """Finds of one slice.

    Parameters
    ----------
    fingerprint
        Of the puzzle.
    job, slice
        What found them.
    parent
        Solution that the search began with.
    finds
        (answer text, method) of each.
    """

    fingerprint: str
    job: int
    slice: int
    parent: int | None
    finds: tuple[tuple[str, str], ...]

    @classmethod
    def of(
        cls, fingerprint: str, job: int, slice_: int, parent: int | None, finds: Sequence[Found]
    ) -> "Spooled":
        """Make it of what a slice found."""
        told = tuple((found.arrangement.text, found.method) for found in finds)
        return cls(fingerprint, job, slice_, parent, told)

    @property
    def found(self) -> list[Found]:
        """The finds as the pool takes them."""
        return [Found(Arrangement.parse(text), method) for text, method in self.finds]


class Spool:
    """A folder of finds to deliver.

    Parameters
    ----------
    folder
        Made when it is needed.
    max_bytes
        Beyond this nothing more is taken; what was set aside counts too.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        size = 0
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            with suppress(FileNotFoundError):  # delivered in this moment
                size += path.stat().st_size
        return size

    def tidy(self) -> None:
        """Remove halves of files that killed processes have left; who writes one begins anew."""
        for path in self._folder.glob("*.part"):
            path.unlink(missing_ok=True)

    def keep(self, spooled: Spooled) -> Path:
        """Write finds to the disk for good.

        The same finds are kept once. Other finds of the same slice have a file of their own: they
        come from a process that lost its lease, or from the slice done again.

        Raises
        ------
        OSError
            When the disk or the spool is full.
        """
        data = json.dumps({"version": VERSION, **asdict(spooled)}).encode()
        self._folder.mkdir(parents=True, exist_ok=True)
        if self.size + len(data) > self._max_bytes:
            raise OSError(f"the spool {self._folder} holds {self._max_bytes:,} bytes already")
        digest = hashlib.sha256(data).hexdigest()[:12]
        target = self._folder / f"{spooled.job}-{spooled.slice}-{digest}.json"
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError:
            Path(name).unlink(missing_ok=True)  # half a file would keep a full disk full
            raise
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return target

    def waiting(self) -> Iterator[tuple[Path, Spooled | None]]:
        """Give every file and what it holds; None for one that cannot be read."""
        for path in self._files():
            yield path, read(path)

    def set_aside(self, path: Path) -> Path:
        """Take a file out of the way that cannot be delivered, and keep it."""
        return path.replace(path.with_suffix(".refused"))

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []


def read(path: Path) -> Spooled | None:
    """Read one file; None when it is damaged or of another version."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return None
        data: Any = json.loads(path.read_bytes())
        if data.pop("version") != VERSION:
            return None
        finds = tuple((str(text), str(method)) for text, method in data.pop("finds"))
        methods = [method for _, method in finds]
        spooled = Spooled(finds=finds, **data)
        numbers = (spooled.job, spooled.slice, spooled.parent or 0)
        if any(type(number) is not int or not 0 <= number < 2**63 for number in numbers):
            return None
        # what Postgres' text cannot hold was not written here
        if not all(text.isprintable() for text in (spooled.fingerprint, *methods)):
            return None
        if not spooled.found:
            return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, AnswerError, RecursionError):
        return None
    return spooled
