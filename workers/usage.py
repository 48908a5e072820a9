"""What work takes: time of the processor, memory, and energy where the system tells it."""

import contextlib
import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

from permq.pool.slices import Usage

POWERCAP = Path("/sys/class/powercap")
PROC = Path("/proc")
CGROUP = Path("/sys/fs/cgroup")
_LOWEST = 1 << 60  # a limit beyond is none
_KILO = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there


@dataclass(frozen=True)
class Meter:
    """Counters at the beginning of some work in this process; `read` says what it took.

    Parameters
    ----------
    cpu
        Seconds of this process.
    busy
        Ticks of all processors of the machine that were not idle; None where unknown.
    joules
        Counters of the processor packages by name; empty where the system has none or hides them.
    powercap, proc
        Where the system's counters are.
    """

    cpu: float
    busy: int | None
    joules: dict[str, float]
    powercap: Path = POWERCAP
    proc: Path = PROC

    @classmethod
    def begin(cls, powercap: Path = POWERCAP, proc: Path = PROC) -> "Meter":
        """Begin to count, also the most memory anew where the system can do that."""
        # without it the peak is that of the process so far
        with contextlib.suppress(OSError):
            (proc / "self/clear_refs").write_text("5", "ascii")
        return cls(_cpu(), _busy(proc), _joules(powercap), powercap, proc)

    def read(self) -> Usage:
        """What was taken since the beginning."""
        cpu = _cpu() - self.cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILO
        return Usage(cpu_seconds=cpu, peak_memory=int(peak), energy=self._energy(cpu))

    def _energy(self, cpu: float) -> float | None:
        now, busy = _joules(self.powercap), _busy(self.proc)
        if not self.joules or self.joules.keys() != now.keys():
            return None
        if self.busy is None or busy is None or busy <= self.busy:
            return None
        spent = sum(now[name] - before for name, before in self.joules.items())
        if spent < 0:  # a counter began anew
            return None
        share = cpu * os.sysconf("SC_CLK_TCK") / (busy - self.busy)
        return spent * min(share, 1.0)


def memory_limit(cgroup: Path = CGROUP) -> int | None:
    """Bytes that processes of this machine or container may take; None where that is unknown."""
    limits = [_LOWEST]
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            limits.append(int((cgroup / name).read_text("ascii")))
        except (OSError, ValueError):  # there is none, or it says "max"
            continue
    with contextlib.suppress(OSError, ValueError):
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(limits) if min(limits) < _LOWEST else None


def _cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def _busy(proc: Path) -> int | None:
    """Ticks of all processors that were neither idle nor waiting for a disk."""
    try:
        words = (proc / "stat").read_text("ascii").split("\n", 1)[0].split()
        user, nice, system, _, _, irq, soft_irq = map(int, words[1:8])
    except (OSError, ValueError):
        return None
    return user + nice + system + irq + soft_irq


def _joules(powercap: Path) -> dict[str, float]:
    """Energy counters of the packages; their cores and memory are parts of them."""
    found = {}
    for folder in sorted(powercap.glob("intel-rapl:*")):
        if folder.name.count(":") == 1:
            try:
                found[folder.name] = int((folder / "energy_uj").read_text("ascii")) / 1e6
            except (OSError, ValueError):
                continue
    return found
