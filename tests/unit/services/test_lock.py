import os
import subprocess
import sys

import pytest

from permq.errors import OptionError, ServiceError
from permq.services.lock import Holder, holder, locked

HOLD = """
import sys
from pathlib import Path
from permq.services.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "data"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_the_holder_of_a_folder_is_known(tmp_path):
    assert holder(tmp_path) is None
    with locked(tmp_path):
        assert holder(tmp_path) == Holder(os.getpid())
    assert holder(tmp_path) is None


def test_a_second_one_is_told_who_holds_the_folder_and_how_to_end_it(tmp_path, other):
    data = tmp_path / "data"
    told = rf"runs on {data} already \(process {other.pid}\): .*permq down --data {data}"
    with pytest.raises(ServiceError, match=told), locked(data):
        pass


def test_a_killed_holder_holds_nothing(tmp_path, other):
    data = tmp_path / "data"
    assert holder(data) == Holder(other.pid)
    other.kill()
    other.wait()
    assert holder(data) is None
    with locked(data):
        assert holder(data) == Holder(os.getpid())


def test_looking_at_the_lock_does_not_take_it(tmp_path):
    with locked(tmp_path):
        pass
    for _ in range(20):
        assert holder(tmp_path) is None
        with locked(tmp_path):
            pass


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="file: cannot be made"), locked(tmp_path / "file"):
        pass
