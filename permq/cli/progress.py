"""How far a command is: a bar on a terminal, now and then a plain line elsewhere."""

import shutil
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

BAR_SECONDS = 0.1
LINE_SECONDS = 5.0
BAR_WIDTH = 24


class Progress:
    """Progress of one piece of work, on standard error.

    On a terminal it is a bar that draws itself anew at most ten times a second and is gone at the
    end; otherwise a plain line at most every five seconds, so that a log stays readable and a short
    run says nothing.

    Parameters
    ----------
    label
        What is being done.
    total
        Number of steps; None when it is not known.
    quiet
        Print nothing at all (with `--json`).
    stream
        Where to print.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        label: str,
        total: int | None = None,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label = label
        self.total = total
        self._stream = sys.stderr if stream is None else stream
        self._quiet = quiet
        self._clock = clock
        self._terminal = not quiet and self._stream.isatty()
        self._pause = BAR_SECONDS if self._terminal else LINE_SECONDS
        self._next = clock() + self._pause
        self._drawn = False

    def update(self, done: int, note: str = "") -> None:
        """Tell how far it is; cheap enough to be called at every step.

        Parameters
        ----------
        done
            Steps done so far.
        note
            What else is worth knowing, such as the best cost.
        """
        if self._quiet:
            return
        now = self._clock()
        if now < self._next:
            return
        self._next = now + self._pause
        if self._terminal:
            # room for the ^C that a terminal echoes, so that the bar stays on its line
            width = shutil.get_terminal_size().columns - 3
            self._print("\r\x1b[K" + self._bar(done, note)[:width])
            self._drawn = True
        else:
            self._print(self._line(done, note) + "\n")

    def say(self, line: str) -> None:
        """Print a line of its own, above the bar.

        Parameters
        ----------
        line
            The text, without a newline.
        """
        if not self._quiet:
            self.close()
            self._print(line + "\n")

    def close(self) -> None:
        """Take the bar away; a later update draws it again."""
        if self._drawn:
            self._print("\r\x1b[K")
            self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _count(self, done: int) -> str:
        return f"{done:,}" if self.total is None else f"{done:,}/{self.total:,}"

    def _line(self, done: int, note: str) -> str:
        return f"{self.label}: {self._count(done)}" + (f", {note}" if note else "")

    def _bar(self, done: int, note: str) -> str:
        if not self.total:
            return self._line(done, note)
        share = min(max(done / self.total, 0.0), 1.0)
        full = round(share * BAR_WIDTH)
        bar = "#" * full + "-" * (BAR_WIDTH - full)
        return f"{self.label} [{bar}] {share:4.0%} {self._count(done)}  {note}".rstrip()

    def _print(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
