"""A wall clock that jumps: `time.time` of every Python that has this folder in PYTHONPATH.

The file that CHAOS_CLOCK names holds the seconds by which the clock is wrong.
"""

import os
import time

_FILE = os.environ["CHAOS_CLOCK"]
_true, _true_ns, _monotonic = time.time, time.time_ns, time.monotonic
_read = {"offset": 0.0, "due": 0.0}


def _offset() -> float:
    now = _monotonic()
    if now >= _read["due"]:
        _read["due"] = now + 0.1
        try:
            with open(_FILE, encoding="ascii") as file:  # noqa: PTH123 - before anything is loaded
                _read["offset"] = float(file.read())
        except (OSError, ValueError):  # it is just being written
            pass
    return _read["offset"]


time.time = lambda: _true() + _offset()
time.time_ns = lambda: _true_ns() + int(_offset() * 1e9)
