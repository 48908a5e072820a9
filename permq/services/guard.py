"""A process beside the supervisor that ends the members when the supervisor was killed.

It reads from a pipe, a line of JSON for every change of who runs. The pipe closes when the
supervisor is gone, whatever it died of; then everybody named in the last line is ended. On Linux
members also get a signal at their parent's death, but not their children, and not in order.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from types import TracebackType
from typing import Self

from permq.services.leftovers import LONGEST_SECONDS, Trace, end, parse


class Guard:
    """The supervisor's end of the pipe, for the duration of a `with` block."""

    def __enter__(self) -> Self:
        """Start the guard."""
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let it end, after what it was told last."""
        self._let_go()

    def tell(self, traces: Sequence[Trace]) -> None:
        """Say who runs now; a guard that is gone is replaced."""
        try:
            self._write(traces)
        except BrokenPipeError:
            self._let_go()
            self._start()
            self._write(traces)

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "permq.services.guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            # what is sent to the supervisor's terminal or group is not for the guard
            start_new_session=True,
        )

    def _let_go(self) -> None:
        """Close the pipe, upon which the guard ends."""
        with suppress(BrokenPipeError):
            self._process.communicate(timeout=4 * LONGEST_SECONDS)

    def _write(self, traces: Sequence[Trace]) -> None:
        pipe = self._process.stdin
        if pipe is not None:
            pipe.write(json.dumps({"members": [asdict(trace) for trace in traces]}) + "\n")
            pipe.flush()


def remaining(lines: Iterable[str]) -> list[Trace]:
    """Those that run when the lines end; half a line, cut off by the death, does not count."""
    traces: list[Trace] = []
    for line in lines:
        if line.endswith("\n"):
            traces = parse(json.loads(line))
    return traces


def main() -> None:
    """Wait for the end of standard input, then do what is left to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end(remaining(sys.stdin))


if __name__ == "__main__":
    main()
