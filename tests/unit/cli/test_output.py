"""What commands print and write."""

import json
import os
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from permq.cli.output import emit, plain, refuse_unwritable, whole_file, write_text
from permq.errors import OptionError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.arange(3), [0, 1, 2]),
        (np.array([1.0, np.nan]), [1.0, None]),
        (np.array(2.0), 2.0),
        (float("nan"), None),
        (float("inf"), None),
        (np.float64("-inf"), None),
        ((1, "a", None), [1, "a", None]),
        ({1: {"b": (np.float64(2),)}}, {"1": {"b": [2.0]}}),
        (Path("a") / "b", "a/b"),
        (True, True),
    ],
)
def test_a_result_becomes_plain(value, expected):
    result = plain(value)
    assert result == expected
    assert type(result) is type(expected)


def test_what_has_no_form_in_json_is_a_mistake():
    with pytest.raises(TypeError, match="object has no form in JSON"):
        plain({"a": object()})


def test_json_is_one_object_on_one_line(capsys):
    emit({"mse": float("nan"), "pairs": [{"inp": np.int64(1)}]}, as_json=True, lines=["no"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"mse": None, "pairs": [{"inp": 1}]}


def test_lines_are_printed_otherwise(capsys):
    emit({"mse": 1}, lines=["one", "two"])
    assert capsys.readouterr().out == "one\ntwo\n"


def test_without_lines_every_entry_is_one(capsys):
    emit({"mse": 0.5, "largest_error": 2})
    assert capsys.readouterr().out == "mse: 0.5\nlargest error: 2\n"


def test_a_text_file_ends_with_one_newline(tmp_path):
    write_text(tmp_path / "a.txt", "1,2,3")
    write_text(tmp_path / "b.txt", "1,2,3\n")
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes() == b"1,2,3\n"


def test_a_written_file_is_an_ordinary_file(tmp_path):
    (tmp_path / "ordinary").write_text("")
    write_text(tmp_path / "a.txt", "1")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ordinary", "a.txt")]
    assert modes[0] == modes[1]


def test_an_error_while_writing_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def fail():
        with whole_file(target) as temporary:
            temporary.write_text("half")
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_in_the_making_keeps_its_suffix(tmp_path):
    # numpy's and safetensors' writers look at it
    with whole_file(tmp_path / "a.npz") as temporary:
        assert temporary.suffix == ".npz"
        np.savez(temporary, x=np.zeros(1))
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize("place", ["nowhere/a.txt", ".", "file/a.txt"])
def test_a_file_that_cannot_be_written_is_named(tmp_path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="cannot be written") as caught:
        write_text(tmp_path / place, "1")
    assert str(tmp_path / place) in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_text(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new\n"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    heard = []
    reader = threading.Thread(target=lambda: heard.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_text(tmp_path / "pipe", "1,2,3")
    reader.join(10)
    assert heard == ["1,2,3\n"]
    assert (tmp_path / "pipe").is_fifo()


def test_what_cannot_be_written_is_refused_before_the_work(tmp_path):
    refuse_unwritable(tmp_path / "a.txt")
    refuse_unwritable(Path(os.devnull))
    (tmp_path / "dead.txt").symlink_to("nowhere/a.txt")
    for path in (tmp_path / "nowhere" / "a.txt", tmp_path / "dead.txt"):
        with pytest.raises(OptionError, match="cannot be written: there is no folder"):
            refuse_unwritable(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_named(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OptionError, match="no permission"):
            refuse_unwritable(tmp_path / "a.txt")
    finally:
        tmp_path.chmod(0o700)
