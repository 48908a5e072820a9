"""Starting processes that do not outlive their parent, and telling running ones apart."""

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")
LINUX = platform.system() == "Linux"


def launched(
    command: Sequence[str], *, death_signal: int, own_namespace: bool = False
) -> list[str]:
    """Put the launcher before a command that this process will start.

    Parameters
    ----------
    command
        Program, as an absolute path, and arguments.
    death_signal
        What it gets when this process dies (Linux).
    own_namespace
        Run it in a user namespace in which root is nobody (Linux).
    """
    words = (os.getpid(), int(death_signal), int(own_namespace), *command)
    return [sys.executable, "-I", "-S", str(LAUNCHER), *map(str, words)]


def identity(pid: int) -> str | None:
    """When a process was started, as the system says it; None where there is none.

    Together with its number this tells it from a later process of the same number.
    """
    if not LINUX:
        return _ps(pid, "lstart=") or None
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *words = text.rpartition(")")[2].split()
    return None if state == "Z" else words[18]


def command_line(pid: int) -> str:
    """Program and arguments of a process, joined by spaces; empty where there is none."""
    if not LINUX:
        return _ps(pid, "command=")
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return " ".join(os.fsdecode(word) for word in words).strip()


def _ps(pid: int, field: str) -> str:
    done = subprocess.run(
        ["/bin/ps", "-ww", "-o", field, "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
