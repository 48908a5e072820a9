"""Sleeping until a signal comes."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Any, Self

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Waking:
    """Signals to end are counted, and they and the end of a child interrupt `wait`.

    Handlers are put in place for the duration of a `with` block, in the main thread.
    """

    def __init__(self) -> None:
        self.asked = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Take over the signals."""
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in ENDING:
            self._before[number] = signal.signal(number, self._count)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _nothing)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float) -> None:
        """Sleep, at most so long."""
        readable, _, _ = select.select([self._reader], [], [], seconds)
        if readable:
            while os.read(self._reader, 4096) == b"\0" * 4096:
                pass

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1


def _nothing(number: int, frame: FrameType | None) -> None:
    """Handle a signal by waking up; without a handler there would be nothing to wake."""
