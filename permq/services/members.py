"""Members: the processes that one supervisor starts, watches and ends."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from permq.config import child_environment
from permq.errors import ServiceError
from permq.services.processes import launched

LOG_LIMIT = 10_000_000
"""Bytes of a log beyond which the next start puts it aside."""

TAIL_LINES = 5
POLL_SECONDS = 0.02


def always_ready() -> bool:
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
    ready
        Whether it does its work by now; asked again and again after the start.
    variables
        Environment variables besides those of the supervisor; here secrets may stand.
    stdin
        What it reads from standard input, secrets allowed.
    stage
        Members of a lower stage are started earlier and ended later.
    start_seconds
        It has failed when it is not ready by then.
    stop_signal, stop_seconds
        How it is asked to end, and how long it may take until it is killed.
    death_signal
        What it gets when the supervisor is killed (Linux).
    own_namespace
        Start it in a user namespace in which root is nobody.
    """

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool] = always_ready
    variables: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    stage: int = 0
    start_seconds: float = 30.0
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 10.0
    death_signal: int = signal.SIGKILL
    own_namespace: bool = False


def start(member: Member, logs: Path) -> "subprocess.Popen[bytes]":
    """Start a member in a session of its own; it is not ready yet.

    Parameters
    ----------
    member
        What to start.
    logs
        Folder of its log, to which its output goes.

    Raises
    ------
    ServiceError
        When the log cannot be written.
    """
    log = log_path(member, logs)
    command = launched(
        member.command, death_signal=member.death_signal, own_namespace=member.own_namespace
    )
    try:
        logs.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with open(os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "ab") as output:  # noqa: PTH123
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if member.stdin else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=child_environment(member.variables),
                # the terminal's Ctrl-C is for the supervisor alone
                start_new_session=True,
            )
    except OSError as error:
        raise ServiceError(f"{member.name} cannot be started: {error}") from error
    if process.stdin is not None:
        try:
            process.stdin.write(member.stdin)
            process.stdin.close()
        except BrokenPipeError:  # it ended at once; waiting for it tells why
            pass
    return process


def await_ready(
    member: Member,
    process: "subprocess.Popen[bytes]",
    logs: Path,
    interrupted: Callable[[], bool] = lambda: False,
) -> bool:
    """Wait until a member is ready.

    Parameters
    ----------
    member, process
        What was started.
    logs
        Folder of its log.
    interrupted
        Asked while waiting; once true, waiting ends.

    Returns
    -------
    bool
        False when waiting was interrupted.

    Raises
    ------
    ServiceError
        When it ended, or was not ready in time; the message holds the end of its log.
    """
    deadline = time.monotonic() + member.start_seconds
    while not interrupted():
        if process.poll() is not None:
            raise ServiceError(f"{member.name} ended at its start{told(member, logs)}")
        if member.ready():
            return True
        if time.monotonic() > deadline:
            raise ServiceError(
                f"{member.name} is not ready after {member.start_seconds:g} s{told(member, logs)}"
            )
        time.sleep(POLL_SECONDS)
    return False


def ask_to_end(member: Member, process: "subprocess.Popen[bytes]") -> None:
    """Send a member the signal by which it ends; nothing where it has ended."""
    if process.poll() is None:
        process.send_signal(member.stop_signal)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a member with all it started, and wait for it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS refuses for a group of zombies
        process.kill()
    process.wait()


def stop(member: Member, process: "subprocess.Popen[bytes]") -> bool:
    """End a member, by force when it takes too long.

    Returns
    -------
    bool
        Whether it ended by itself.
    """
    ask_to_end(member, process)
    try:
        process.wait(member.stop_seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return False
    return True


def log_path(member: Member, logs: Path) -> Path:
    """File that a member's output goes to."""
    return logs / f"{member.name}.log"


def told(member: Member, logs: Path) -> str:
    """Where a member's log is and how it ends, as the end of a sentence."""
    log = log_path(member, logs)
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    except OSError:
        lines = []
    end = " | ".join(line.strip() for line in lines if line.strip())
    return f" (log: {log})" + (f": {end}" if end else "")


def write_private(path: Path, payload: object) -> None:
    """Write JSON that nobody else may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(payload, file)
    temporary.replace(path)
