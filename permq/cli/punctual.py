"""Ending in time whatever the search is at."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from permq.search.stop import Overdue, Stop

GRACE = 0.5
"""Seconds between two looks at the time; a search has at least one of these to end by itself."""


@contextmanager
def punctual(stop: Stop, grace: float = GRACE) -> Iterator[None]:
    """Raise `Overdue` in the block when it goes on for long after `stop` has become true.

    Searches ask at every step whether to stop, but the steps before the first may take many seconds
    with hundreds of wide blocks. A timer cuts those short. Only the main thread of a process can be
    cut short; elsewhere, and on systems without such timers, the block runs as it is.

    Parameters
    ----------
    stop
        Asked every `grace` seconds; at the second yes in a row the block is left.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return
    late = False

    def look(number: int, frame: object) -> None:
        nonlocal late
        if stop():
            if late:
                signal.setitimer(signal.ITIMER_REAL, 0)
                raise Overdue
            late = True

    handler = signal.signal(signal.SIGALRM, look)
    timer = signal.setitimer(signal.ITIMER_REAL, grace, grace)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *timer)  # someone else's
