"""`permq up` as a process of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from permq.services.processes import command_line, identity

READER = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")
# The tests' Python may lie in root's home, so nobody gets the right to read it, and no other.
NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *READER)


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

    def status(self) -> dict:
        return json.loads(self.permq("status", "--json").stdout)

    def up(self, *words: object) -> "Up":
        """Start `permq up` and wait until it says that it is ready."""
        process = subprocess.Popen(
            self.words("up", *words),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        up = Up(process)
        self.started.append(up)
        for line in process.stdout:
            up.lines.append(line.rstrip("\n"))
            if line.startswith("ready after"):
                break
        else:
            process.wait()
        return up


@dataclass
class Up:
    """One `permq up` and what it has said."""

    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return bool(self.lines) and self.lines[-1].startswith("ready after")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

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
        if not self.process.stdout.closed:
            self.process.terminate()
            self.lines += self.process.communicate()[0].splitlines()
        return self.process.returncode

    def kill(self) -> None:
        """kill -9, and wait until everything that it started is gone."""
        left = self.tree()
        self.process.kill()
        self.process.communicate()
        while any(identity(pid) for pid in left):
            time.sleep(0.02)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A new data folder; every `permq up` on it has ended after the test."""
    made = Machine(tmp_path / "a data folder")
    yield made
    for up in made.started:
        up.end()
    # 40 MB that pytest would keep for three runs
    shutil.rmtree(tmp_path / "a data folder" / "postgres", ignore_errors=True)


@pytest.fixture
def users_machine(machine: Machine) -> Iterator[Machine]:
    """The same, of an ordinary user."""
    # the folders of pytest are closed to other users
    with tempfile.TemporaryDirectory() as home:
        if os.geteuid() == 0:
            machine.prefix = NOBODY
            shutil.chown(home, "nobody", "nogroup")
        machine.data = Path(home) / "data"
        machine.variables["HOME"] = home
        yield machine
        for up in machine.started:
            up.end()
