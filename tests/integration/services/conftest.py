"""`permq up` as a process of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machines import Machine

READER = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")
# The tests' Python may lie in root's home, so nobody gets the right to read it, and no other.
NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *READER)


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
