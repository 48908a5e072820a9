"""Ending the members of a supervisor that died without doing so."""

import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from permq.services.files import read_record, write_record
from permq.services.processes import identity

NAME = "members.json"
LONGEST_SECONDS = 10.0
"""Nobody waits for these, so the patience that members have otherwise is cut to this."""

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Trace:
    """What is needed to end a member that is nobody's child any more.

    Parameters
    ----------
    name
        The member's.
    pid, identity
        Its process, which leads a process group, and when that was started.
    stage, stop_signal, stop_seconds
        As of `Member`.
    """

    name: str
    pid: int
    identity: str | None
    stage: int
    stop_signal: int
    stop_seconds: float

    @property
    def runs(self) -> bool:
        """Whether that very process is there."""
        return self.identity is not None and identity(self.pid) == self.identity


def save(data: Path, traces: Sequence[Trace]) -> None:
    """Write down the members that run, for `sweep`."""
    write_record(data / NAME, {"members": [asdict(trace) for trace in traces]})


def parse(record: object) -> list[Trace]:
    """Read what `save` wrote; what is no process to end is left out."""
    members = record.get("members") if isinstance(record, dict) else None
    found = [_parsed(member) for member in members] if isinstance(members, list) else []
    return [trace for trace in found if trace is not None]


def _parsed(member: object) -> Trace | None:
    match member:
        case {
            "name": str(name),
            "pid": int(pid),
            "identity": str() | None as identified,
            "stage": int(stage),
            "stop_signal": int(stop_signal),
            "stop_seconds": int() | float() as seconds,
        } if (
            # 0 and below would be groups of processes; true is 1 to Python
            (type(pid) is int and 0 < pid < 2**31)
            and stop_signal in signal.valid_signals()
            and 0 <= seconds <= sys.float_info.max
        ):
            return Trace(name, pid, identified, stage, stop_signal, float(seconds))
    return None


def sweep(data: Path) -> list[str]:
    """End what an earlier supervisor of a data folder left; the caller holds the folder's lock.

    Returns
    -------
    list of str
        Names of those that were still running.
    """
    traces = [trace for trace in parse(read_record(data / NAME)) if trace.runs]
    end(traces)
    (data / NAME).unlink(missing_ok=True)
    return [trace.name for trace in traces]


def end(traces: Iterable[Trace]) -> None:
    """End processes in order, the highest stage first; by force what takes too long."""
    remaining = list(traces)
    for stage in sorted({trace.stage for trace in remaining}, reverse=True):
        members = [trace for trace in remaining if trace.stage == stage]
        for trace in members:
            _send(trace, trace.stop_signal)
        longest = max(trace.stop_seconds for trace in members)
        deadline = time.monotonic() + min(longest, LONGEST_SECONDS)
        while any(trace.runs for trace in members) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        for trace in members:
            _kill_group(trace.pid)


def _send(trace: Trace, number: int) -> None:
    if trace.runs:
        try:
            os.kill(trace.pid, number)
        except ProcessLookupError:
            return


def _kill_group(pid: int) -> None:
    """Kill a member and its children, which may have outlived it."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
