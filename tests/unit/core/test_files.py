import os

import pytest

from permq.core.files import read_bounded
from permq.errors import PuzzleError


def test_contents_are_read_whole(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\0\r\n\x1a" * 1000)
    assert read_bounded(path, 4000) == b"\0\r\n\x1a" * 1000


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "is no regular file"),
        (os.mkfifo, "is no regular file"),
        (lambda path: path.write_bytes(b"12345"), "has 5 bytes; at most 4 are read"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, make, problem):
    path = tmp_path / "a"
    make(path)
    with pytest.raises(PuzzleError) as caught:
        read_bounded(path, 4)
    assert str(caught.value) == f"{path}: {problem}"


def test_a_name_that_no_system_allows_is_refused():
    with pytest.raises(PuzzleError, match="cannot be read: embedded null byte"):
        read_bounded("a\0b", 4)
