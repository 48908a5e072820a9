"""Members: the processes that a supervisor starts, watches and ends."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from permq.config import child_environment
from permq.errors import ServiceError
from permq.services.files import private_folder
from permq.services.processes import launched

LOG_LIMIT = 10_000_000
"""Bytes of a log beyond which the next start puts it aside."""

TAIL_LINES = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STABLE_SECONDS = 60.0
"""A member that ran for so long is started again as if it never had failed."""


class Stage(IntEnum):
    """Who is ended after whom: the highest first."""

    REDIS = 0
    POSTGRES = 1
    WATCHER = 2
    WORKER = 3


def at_once() -> bool:
    """Readiness of a member that is ready as soon as it runs."""
    return True


@dataclass(frozen=True, kw_only=True)
class Member:
    """How one process is started, when it is ready and how it ends.

    Parameters
    ----------
    name
        Shown to the user; also the name of its log.
    command
        Program, as an absolute path, and arguments; no secrets, everybody can read them.
    stage
        When it is ended.
    ready
        Whether it does its work by now; asked again and again after the start.
    variables
        Environment variables besides those of this process; here secrets may stand.
    stdin
        What it reads from standard input, secrets allowed.
    folder
        Where it runs; by default where this process does.
    start_seconds
        It has failed when it is not ready by then.
    stop_signal, stop_seconds
        How it is asked to end, and how long it may take until it is killed.
    death_signal
        What it gets when this process is killed (Linux).
    own_namespace
        Start it in a user namespace in which root is nobody.
    may_leave
        It is not started again after it has ended without an error.
    """

    name: str
    command: tuple[str, ...]
    stage: Stage
    ready: Callable[[], bool] = at_once
    variables: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    folder: Path | None = None
    start_seconds: float = 30.0
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 10.0
    death_signal: int = signal.SIGKILL
    own_namespace: bool = False
    may_leave: bool = False


class Running:
    """A member and its process, over all its restarts.

    Parameters
    ----------
    member
        How it is run.
    logs
        Folder of its log, to which its output goes.
    """

    def __init__(self, member: Member, logs: Path) -> None:
        self.member = member
        self.log = logs / f"{member.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.left = False
        self.due = 0.0
        self._pause = FIRST_PAUSE
        self._since = 0.0
        self._deadline = 0.0
        self._written = 0

    def launch(self) -> None:
        """Start the process, in a session of its own; it is not ready yet.

        Raises
        ------
        ServiceError
            When the log cannot be written or no process can be made.
        """
        member = self.member
        command = launched(
            member.command, death_signal=member.death_signal, own_namespace=member.own_namespace
        )
        private_folder(self.log.parent)
        try:
            written = self.log.stat().st_size if self.log.exists() else 0
            if written > LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.1"))
            self._written = written if written <= LOG_LIMIT else 0
            flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY
            output = os.open(self.log, flags, 0o600)
            try:
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE if member.stdin else subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=child_environment(member.variables),
                    cwd=member.folder,
                    # the terminal's Ctrl-C is for the supervisor alone
                    start_new_session=True,
                )
            finally:
                os.close(output)
        except OSError as error:
            raise ServiceError(f"{member.name} cannot be started: {error}") from error
        self.ready = False
        self._since = time.monotonic()
        if self.process.stdin is not None:
            # a member that ended at once does not read; `check` tells why
            with suppress(BrokenPipeError), self.process.stdin as pipe:
                pipe.write(member.stdin)

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def check(self) -> bool:
        """Say whether it is ready.

        Raises
        ------
        ServiceError
            When it has ended or takes too long; the message holds the end of its log.
        """
        name = self.member.name
        if not self.runs:
            status = self.process.returncode if self.process else None
            raise ServiceError(f"{name} has ended with status {status}{self.told()}")
        if not self.ready and self.member.ready():
            self.ready = True
        elif not self.ready and time.monotonic() > self._since + self.member.start_seconds:
            limit = self.member.start_seconds
            raise ServiceError(f"{name} is not ready after {limit:g} s{self.told()}")
        return self.ready

    def schedule(self) -> float:
        """Plan the next start after a failure. Returns the seconds until then."""
        if self.ready and time.monotonic() > self._since + STABLE_SECONDS:
            self._pause = FIRST_PAUSE
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        self.due = time.monotonic() + pause
        return pause

    def ask_to_end(self) -> None:
        """Send the signal by which it ends; `overdue` counts from here."""
        self._deadline = time.monotonic() + self.member.stop_seconds
        if self.process is not None and self.runs:
            self.process.send_signal(self.member.stop_signal)

    @property
    def overdue(self) -> bool:
        """Whether it still runs though it was asked to end long ago."""
        return self.runs and time.monotonic() > self._deadline

    def stop(self) -> bool:
        """End it, by force when it takes too long. Returns whether force was not needed."""
        self.ask_to_end()
        overdue = False
        if self.process is not None:
            try:
                self.process.wait(self.member.stop_seconds)
            except subprocess.TimeoutExpired:
                overdue = True
        self.kill()
        return not overdue

    def kill(self) -> int | None:
        """Kill it with all it started, if anything of that is left. Returns its exit status."""
        if self.process is None:
            return None
        # macOS refuses where none but zombies are in the group
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait()
        self.process = None
        return status

    def told(self) -> str:
        """Where the log is and how it ends, as the end of a sentence."""
        try:
            with self.log.open(encoding="utf-8", errors="replace") as log:
                log.seek(self._written)  # what earlier starts wrote is not meant
                lines = log.read().splitlines()
        except OSError:
            lines = []
        end = " | ".join(line.strip() for line in lines[-TAIL_LINES:] if line.strip())
        return f" (log: {self.log})" + (f": {end}" if end else "")
