"""Watches what a parser does to the world while it parses: nothing, it should be.

Python tells an audit hook of every file that is opened for writing, every process started, every
connection made and every class that pickle looks up. A hook cannot be taken away again, so it only
listens while a case is being parsed.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fuzz.target import BrokenLawError

_NEVER = frozenset(
    {
        "ctypes.dlopen",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.posix_spawn",
        "os.putenv",
        "os.spawn",
        "os.system",
        "os.unsetenv",
        "pickle.find_class",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "subprocess.Popen",
        "urllib.Request",
    }
)
_CHANGES = frozenset(
    {
        "os.chmod",
        "os.chown",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.symlink",
        "os.truncate",
        "shutil.rmtree",
    }
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard(logging.Handler):
    """The one hook of this process.

    Attributes
    ----------
    armed
        Whether a case is being parsed.
    folder
        Where it may write.
    seen
        What was done that may not be, also where the parser swallowed the error.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.armed = False
        self.folder = ""
        self.seen: list[str] = []
        sys.addaudithook(self._hear)
        logging.getLogger().addHandler(self)

    @contextmanager
    def off(self) -> Iterator[None]:
        """For what the harness itself does in the midst of a case."""
        before, self.armed = self.armed, False
        try:
            yield
        finally:
            self.armed = before

    def emit(self, record: logging.LogRecord) -> None:
        """A traceback in the log is no better than one at the terminal."""
        if self.armed and record.exc_info:
            self.seen.append(f"logged: {record.getMessage()}: {record.exc_info[1]!r}")

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.armed:
            return
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING and not self._mine(path):
                self._refuse(f"opened {path!r} for writing")
        elif event in _NEVER or (event in _CHANGES and not all(map(self._mine, _paths(arguments)))):
            self._refuse(f"{event} {arguments!r}"[:300])

    def _mine(self, path: object) -> bool:
        if isinstance(path, int):  # an open file
            return True
        whole = os.path.normpath(os.fsdecode(path))  # type: ignore[arg-type]
        return whole == os.devnull or whole.startswith(self.folder)

    def _refuse(self, what: str) -> None:
        with self.off():
            self.seen.append(what)
        raise BrokenLawError(what)


def _paths(arguments: tuple[Any, ...]) -> list[Any]:
    return [one for one in arguments if isinstance(one, (str, bytes, os.PathLike))]


_guard: list[Guard] = []


def guard() -> Guard:
    """This process' guard, set up at the first call."""
    if not _guard:
        _guard.append(Guard())
    return _guard[0]


class Scratch:
    """A file that a parser is given, in the target's folder.

    Parameters
    ----------
    folder
        Where.
    name
        What it is called; its suffix may matter.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / name

    def hold(self, data: bytes) -> Path:
        """Let the file hold this."""
        with guard().off(), open(self.path, "wb", buffering=0) as file:  # noqa: PTH123 - thrice as fast
            file.write(data)
        return self.path
