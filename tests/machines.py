"""`permq up` as a process of its own, on a data folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from permq.services.processes import command_line, identity

MARK = "PERMQ_FAULTS"


@dataclass
class Machine:
    """A data folder, and commands of permq that work on it."""

    data: Path
    prefix: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    started: list["Up"] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        named = ("PERMQ_POSTGRES_URL", "PERMQ_REDIS_URL", "PERMQ_DATA", "PERMQ_CONFIG")
        kept = {name: value for name, value in os.environ.items() if name not in named}
        return {**kept, "PYTHONUNBUFFERED": "1", **self.variables}

    def words(self, *words: object) -> list[str]:
        permq = (sys.executable, "-P", "-m", "permq")
        return [str(word) for word in (*self.prefix, *permq, *words, "--data", self.data)]

    def permq(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.words(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def status(self) -> Any:
        return json.loads(self.permq("status", "--json").stdout)

    def record(self) -> Any:
        """What a running `permq up` has written down for others."""
        return json.loads((self.data / "addresses.json").read_text(encoding="utf-8"))

    def launch(self, *words: object) -> "Up":
        """Start `permq up`."""
        process = subprocess.Popen(
            self.words("up", *words),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        up = Up(process)
        self.started.append(up)
        return up

    def up(self, *words: object) -> "Up":
        """Start `permq up` and wait until it says that it is ready."""
        up = self.launch(*words)
        up.hear()
        return up

    def processes(self) -> dict[int, str]:
        """All processes that some `permq up` on the folder started, itself among them.

        They are known by `PERMQ_FAULTS`, which must be set, or by the folder in their arguments.
        """
        mark = f"{MARK}={self.variables[MARK]}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            pid = int(folder.name)
            with suppress(OSError):
                words = command_line(pid)
                told = (folder / "environ").read_bytes().split(b"\0")
                if (mark in told or str(self.data) in words) and identity(pid) is not None:
                    found[pid] = words
        return found


@dataclass
class Up:
    """One `permq up` and what it has said."""

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)

    @property
    def _output(self) -> Iterator[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def hear(self) -> None:
        """Read what it says until it is ready or has ended."""
        for line in self._output:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("ready after"):
                return
        self.process.wait()

    @property
    def closed(self) -> bool:
        """Whether nobody listens to it any more."""
        return self.process.stdout is None or self.process.stdout.closed

    def close(self) -> None:
        """Listen to it no more: what it has started may hold the pipe for a while."""
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def ready(self) -> bool:
        return bool(self.lines) and self.lines[-1].startswith("ready after")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def halted(self) -> bool:
        """Whether it got SIGSTOP."""
        with suppress(OSError):
            stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
            return stat.rpartition(")")[2].split()[0] == "T"
        return False

    def tree(self) -> list[int]:
        """All processes that descend from it, itself not among them."""
        children: dict[int, list[int]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
        found, fresh = [], [self.process.pid]
        while fresh:
            fresh = [child for pid in fresh for child in children.get(pid, [])]
            found += fresh
        return found

    def commands(self) -> list[str]:
        return [command_line(pid) for pid in self.tree()]

    def end(self) -> int:
        """Ask it to end, and read the rest of what it says."""
        if not self.closed:
            self.process.terminate()
            self.lines += self.process.communicate()[0].splitlines()
        return int(self.process.returncode)

    def kill(self) -> None:
        """kill -9, and wait until everything that it started is gone."""
        left = self.tree()
        self.process.kill()
        self.process.communicate()
        while any(identity(pid) for pid in left):
            time.sleep(0.02)

    def kill_all(self) -> None:
        """kill -9 of everything at once, as when the machine loses its power."""
        left = self.tree()
        for pid in (self.process.pid, *left):
            with suppress(ProcessLookupError):  # the death of another may have ended it
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        if not self.closed:
            self.lines += self.process.communicate()[0].splitlines()
        while any(identity(pid) for pid in left):
            time.sleep(0.02)
