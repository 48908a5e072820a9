"""Points at which a test may kill a process: between any two statements that matter.

A test names a folder in `PERMQ_FAULTS`. A process that comes to a point whose file lies there
removes the file, so that it happens once, and dies as by kill -9.
"""

import os
import signal

from permq.config import fault_folder

POINTS = (
    "before-claim",
    "after-claim",
    "after-work",
    "after-solutions",
    "after-slice",
    "before-commit",
    "after-commit",
    "after-sending",
)

_folder = fault_folder()


def fault_point(name: str) -> None:
    """Die here when a test wants it."""
    if _folder is None:
        return
    try:
        (_folder / name).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
