"""Read whole files that others wrote: bounded, regular, never blocking."""

import os
import stat
from pathlib import Path

from permq.errors import PuzzleError

# without O_NONBLOCK a named pipe in the folder would make the open itself wait for ever
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnreadableError(Exception):
    """Contents that are not as they should be, told without the file's name.

    Parsers of bytes raise it; whoever knows the path turns it into a `PuzzleError`.
    """


def read_bounded(path: str | os.PathLike[str], limit: int) -> bytes:
    """Contents of a regular file of at most `limit` bytes.

    Parameters
    ----------
    path
        The file; named in errors.
    limit
        Largest size to accept, in bytes; checked before anything is read.

    Raises
    ------
    PuzzleError
        When it is missing, no regular file, too large or cannot be read.
    """
    try:
        handle = os.open(path, _FLAGS)
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise PuzzleError(Path(path), "is no regular file")
            if status.st_size > limit:
                raise PuzzleError(
                    Path(path), f"has {status.st_size:,} bytes; at most {limit:,} are read"
                )
            content = os.read(handle, status.st_size)
            while len(content) < status.st_size:  # one call reads at most 2 GiB on Linux
                more = os.read(handle, status.st_size - len(content))
                if not more:
                    raise PuzzleError(Path(path), "became shorter while it was read")
                content += more
            return content
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise PuzzleError(Path(path), "no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PuzzleError(Path(path), f"cannot be read: {reason}") from None
