"""Points at which a test may kill a process: between any two statements that matter.

A test names one in `PERMQ_FAULT`, and perhaps a file in `PERMQ_FAULT_ONCE`, without which the
process would die again after every start.
"""

import os
import signal
from pathlib import Path

from permq.config import FaultSettings

POINTS = (
    "before claim",
    "after claim",
    "after work",
    "after solutions",
    "after slice",
    "before commit",
    "after commit",
    "after sending",
)

_fault = FaultSettings.read()


def fault_point(name: str) -> None:
    """Die here, as by kill -9, when a test wants it."""
    if _fault.point != name:
        return
    if _fault.once is not None:
        once = Path(_fault.once)
        try:
            once.touch(exist_ok=False)
        except FileExistsError:
            return
    os.kill(os.getpid(), signal.SIGKILL)
