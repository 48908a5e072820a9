"""Files to write: refused before the work, and written after the result is printed."""

import pytest

from permq.cli import search_command, solve
from permq.errors import OptionError
from tests.puzzle_files import write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A folder and its answer."""
    puzzle, answer = toy_puzzle(seed=3, signal=0.8)
    return write_puzzle(tmp_path_factory.mktemp("puzzle") / "toy", puzzle), answer


@pytest.mark.parametrize(
    "words",
    [
        ("solve", "--out"),
        ("solve", "--checkpoint"),
        ("anneal", "--out"),
        ("anneal", "--checkpoint"),
        ("lns", "--out"),
        ("pair", "--save"),
    ],
    ids=" ".join,
)
def test_a_missing_folder_is_named_before_anything_is_done(permq, tmp_path, words):
    command, option = words
    outcome = permq(command, "no puzzle", option, tmp_path / "nowhere" / "file")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"{tmp_path / 'nowhere' / 'file'}: cannot be written" in outcome.err
    assert "no puzzle" not in outcome.err


@pytest.mark.parametrize(
    ("command", "module"), [("anneal", search_command), ("solve", solve)], ids=["anneal", "solve"]
)
def test_an_answer_that_cannot_be_written_is_printed_all_the_same(
    permq, toy, tmp_path, monkeypatch, command, module
):
    def full(path, text):
        raise OptionError(f"{path}: cannot be written: No space left on device")

    folder, answer = toy
    monkeypatch.setattr(module, "write_text", full)
    outcome = permq(command, folder, "--out", tmp_path / "a.txt", "--json")
    assert outcome.code == 2
    assert "No space left" in outcome.err
    assert outcome.json["answer"] == answer.text


@pytest.mark.parametrize("command", ["anneal", "solve"])
def test_a_checkpoint_that_cannot_be_written_ends_no_search(
    permq, toy, tmp_path, monkeypatch, command
):
    import importlib

    module = importlib.import_module(f"permq.cli.{command}")

    def full(path, text):
        raise OptionError(f"{path}: cannot be written: No space left on device")

    folder, answer = toy
    monkeypatch.setattr(module, "write_text", full)
    monkeypatch.setattr(module, "SAVE_SECONDS", -1.0)
    outcome = permq(command, folder, "--checkpoint", tmp_path / "state", "--json")
    assert outcome.code == 2
    assert "No space left" in outcome.err
    assert outcome.json["answer"] == answer.text


def test_no_number_of_seconds_is_refused(permq, toy):
    outcome = permq("solve", toy[0], "--budget", "nan")
    assert outcome.code == 2
    assert "--budget" in outcome.err
