"""One case after the other: parsed under watch, and kept where it breaks the law."""

import hashlib
import mmap
import os
import re
import resource
import signal
import struct
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

from permq.errors import PermqError
from tests.fuzz.guard import guard
from tests.fuzz.target import BrokenLawError, Run, Target

CASE_SECONDS = 5.0
"""Of the processor: a case that takes more hangs; most take less than a thousandth of it."""
WAIT_SECONDS = 60.0
"""By the clock, for a case that waits for something; on a busy machine all take longer."""
CASE_BYTES = 256 << 20
"""By so much memory at most may one case of some kilobytes raise a process' peak."""
LONGEST_TEXT = 4000
LARGEST_CASE = 1 << 20
_VARYING = re.compile(r"['\"].*|[0-9]+")
_HEAD = struct.Struct("<QQQ")


class Ledger:
    """Counts, and the case at work, in a file that outlives the process.

    Parameters
    ----------
    path
        The file; made where it is not there.
    """

    def __init__(self, path: Path) -> None:
        size = _HEAD.size + LARGEST_CASE
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        os.ftruncate(handle, size)
        self._map = mmap.mmap(handle, size)
        os.close(handle)
        self.cases, self.parsed, _ = _HEAD.unpack_from(self._map)

    def begin(self, data: bytes) -> None:
        self.cases += 1
        kept = data[:LARGEST_CASE]
        _HEAD.pack_into(self._map, 0, self.cases, self.parsed, len(kept))
        self._map[_HEAD.size : _HEAD.size + len(kept)] = kept

    def end(self) -> None:
        """Say that the case left the process alive."""
        _HEAD.pack_into(self._map, 0, self.cases, self.parsed, LARGEST_CASE + 1)

    @property
    def at_work(self) -> bytes | None:
        """The case that was being parsed; None between two."""
        _, _, size = _HEAD.unpack_from(self._map)
        return self._map[_HEAD.size : _HEAD.size + size] if size <= LARGEST_CASE else None


@dataclass(frozen=True)
class Problem:
    """A broken law.

    Parameters
    ----------
    key
        Alike for cases that fail at the same place in the same way.
    told
        What happened, for people.
    """

    key: str
    told: str


class Judge:
    """Parses cases of one target.

    Parameters
    ----------
    target
        The parser.
    run
        What `target.prepare` gave.
    folder
        Where it may write.
    """

    def __init__(self, target: Target, run: Run, folder: Path) -> None:
        self.target = target
        self.run = run
        self.guard = guard()
        self.guard.folder = str(folder)
        self._peak = 0
        self.parsed = False

    def judge(self, data: bytes) -> Problem | None:
        """Parse a case; None where the law holds."""
        watch, error = self.guard, None
        watch.seen.clear()
        self.parsed = False
        self._peak = self._peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        signal.setitimer(signal.ITIMER_PROF, CASE_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WAIT_SECONDS)
        watch.armed = True
        try:
            self.run(data)
            self.parsed = True
        except self.target.refusals as refusal:
            error = _unclear(refusal)
        except KeyboardInterrupt:
            raise
        except BaseException as broken:  # noqa: BLE001 - finding those is what it is for
            error = broken
        finally:
            watch.armed = False
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
        if error is None and watch.seen:
            error = BrokenLawError(watch.seen[0])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grown, self._peak = peak - self._peak, peak
        if error is None and grown * (1 if sys.platform == "darwin" else 1024) > CASE_BYTES:
            error = BrokenLawError(f"the case took {grown >> 10:,} MiB of memory")
        return None if error is None else _problem(error)


def _unclear(refusal: BaseException) -> BrokenLawError | None:
    """A refusal is one line that a terminal can show."""
    text = str(refusal)
    if not isinstance(refusal, PermqError):
        return None
    if not text.strip() or len(text) > LONGEST_TEXT:
        return BrokenLawError(f"{type(refusal).__name__} says nothing, or {len(text):,} characters")
    odd = next((sign for sign in text if not sign.isprintable()), None)
    if odd is not None:
        broken = BrokenLawError(f"{type(refusal).__name__} shows {odd!r} as it is: {text[:200]!r}")
        return broken.with_traceback(refusal.__traceback__)
    return None


def _problem(error: BaseException) -> Problem:
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if "/permq/" in one.filename or "/workers/" in one.filename]
    last = (own or frames or [None])[-1]
    place = f"{Path(last.filename).name}:{last.lineno}" if last is not None else "-"
    kind = type(error).__name__
    if isinstance(error, BrokenLawError):
        kind = _VARYING.sub("", str(error))[:40]
    told = "".join(traceback.format_exception(error))
    return Problem(f"{kind} at {place}", told)


def digest(data: bytes) -> str:
    """Short name of a case."""
    return hashlib.sha256(data).hexdigest()[:12]
