"""`permq anneal`, and what it shares with all search commands."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from permq.core.arrangement import Arrangement
from tests.puzzle_files import write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A folder, its answer, and the same pairs in reverse order."""
    puzzle, answer = toy_puzzle(seed=3, signal=0.8)
    folder = write_puzzle(tmp_path_factory.mktemp("puzzle") / "toy", puzzle)
    return folder, answer, Arrangement(answer.inputs[::-1], answer.outputs[::-1], answer.last)


def test_a_search_prints_what_it_did(permq, toy):
    folder, answer, wrong = toy
    outcome = permq("anneal", folder, "--from", wrong.text, "--steps", 2000)
    assert outcome.code == 0
    lines = dict(line.split(None, 1) for line in outcome.out.splitlines())
    assert lines["answer"] == answer.text
    assert lines["sha256"] == answer.sha256
    assert {"start", "anneal", "work", "verified", "largest", "exact,"} <= set(lines)
    assert "\x1b" not in outcome.out + outcome.err


def test_json_carries_costs_hash_and_times(permq, toy):
    folder, answer, wrong = toy
    words = ("--from", wrong.text, "--steps", 2000, "--rows", 30, "--json")
    said = permq("anneal", folder, *words).json
    assert said["solved"] is True
    assert said["answer"] == answer.text
    assert said["sha256"] == answer.sha256
    assert said["sha256_match"] is None
    assert said["start_mse"] > 1e-3 > said["mse"]
    assert said["start_rows_mse"] > 1e-3 > said["rows_mse"]
    assert said["rows"] == 30
    assert said["evaluations"] > said["accepted"] > 0
    assert set(said["acceptance"]) <= set(said["moves"])
    assert {"load", "start", "search", "verify", "total"} == set(said["seconds"])


def test_a_search_that_solves_nothing_has_run_all_the_same(permq, toy):
    folder, _, wrong = toy
    outcome = permq("anneal", folder, "--from", wrong.text, "--steps", 1, "--json")
    assert outcome.code == 0
    assert outcome.json["solved"] is False


def test_the_same_seed_gives_the_same_answer(permq, toy):
    folder, *_ = toy
    words = ("anneal", folder, "--pairs", "trace", "--steps", 7, "--json", "--seed")
    one, same, other = (permq(*words, seed).json for seed in (1, 1, 4))
    assert one["answer"] == same["answer"]
    assert one["start_mse"] != other["start_mse"]


def test_an_answer_brings_its_pairs_unless_others_are_given(permq, toy):
    folder, answer, _ = toy
    broken = Arrangement(answer.inputs, answer.outputs[::-1], answer.last)
    words = ("anneal", folder, "--from", broken.text, "--steps", 1, "--json")
    kept = Arrangement.parse(permq(*words).json["answer"])
    assert kept.pairing == broken.pairing
    mended = permq(*words, "--pairs", answer.text).json
    assert mended["start_mse"] < 1e-9


def test_the_answer_is_written_and_read_back(permq, toy, tmp_path):
    folder, answer, wrong = toy
    file = tmp_path / "answer.txt"
    permq("anneal", folder, "--from", wrong.text, "--steps", 2000, "--out", file)
    assert file.read_text() == answer.text + "\n"
    said = permq("anneal", folder, "--from", file, "--steps", 1, "--json").json
    assert said["start_mse"] < 1e-9


def test_moves_and_locks_are_taken_from_the_command_line(permq, toy):
    folder, _, wrong = toy
    words = ("--move", "rotation", "--move", "output-swap=2", "--lock", "0-1", "--hot", 5)
    outcome = permq("anneal", folder, "--from", wrong.text, "--steps", 50, "--json", *words)
    said = outcome.json
    assert said["moves"] == {"rotation": 1.0, "output-swap": 2.0}
    found = Arrangement.parse(said["answer"])
    assert found.inputs[:2] == wrong.inputs[:2]
    assert found.outputs[:2] == wrong.outputs[:2]


def test_joint_annealing_re_pairs(permq, toy):
    folder, answer, _ = toy
    wrong = Arrangement(answer.inputs, answer.outputs[::-1], answer.last)
    words = ("--from", wrong.text, "--joint", "--heat", 0.2, "--steps", 8000, "--json")
    said = permq("anneal", folder, *words).json
    assert "output-swap" in said["moves"]
    assert said["answer"] == answer.text


def test_anchored_pieces_keep_their_partners(permq, toy):
    folder, _, wrong = toy
    pieces = ",".join(map(str, wrong.inputs[:3]))
    words = ("--move", "output-swap", "--anchor", pieces, "--steps", 60, "--json")
    found = Arrangement.parse(permq("anneal", folder, "--from", wrong.text, *words).json["answer"])
    for piece in wrong.inputs[:3]:
        assert found.pairing[piece] == wrong.pairing[piece]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--move", "hop=1"], "hop"),
        (["--move", "swap=x"], "'x'"),
        (["--schedule", "linear"], "linear"),
        (["--lock", "5"], "0 to 4"),
        (["--lock", "3-1"], "3-1"),
        (["--anchor", "99"], "99"),
        (["--from", "nothing"], "nothing"),
        (["--pairs", "nothing"], "nothing"),
        (["--hot", "-1"], "hot"),
        (["--out", "missing/folder/answer.txt", "--steps", "1"], "missing/folder"),
    ],
)
def test_what_cannot_be_used_is_named_with_status_2(permq, toy, words, named):
    folder, *_ = toy
    outcome = permq("anneal", folder, *words)
    assert outcome.code == 2
    assert named in outcome.err
    assert "Traceback" not in outcome.err


def test_errors_are_json_where_json_is_wanted(permq, toy):
    folder, *_ = toy
    outcome = permq("anneal", folder, "--move", "hop", "--json")
    assert outcome.code == 2
    assert "hop" in json.loads(outcome.err)["error"]


def test_a_checkpoint_goes_on_where_it_ended(permq, toy, tmp_path):
    folder, _, wrong = toy
    file = tmp_path / "state.json"
    words = ("anneal", folder, "--from", wrong.text, "--steps", 40, "--json", "--checkpoint", file)
    first = permq(*words).json
    assert json.loads(file.read_text())["step"] == first["steps"]
    again = permq(*words)
    assert again.json["answer"] == first["answer"]
    assert again.json["evaluations"] == first["evaluations"]


def test_a_damaged_checkpoint_is_named(permq, toy, tmp_path):
    folder, *_ = toy
    file = tmp_path / "state.json"
    file.write_text('{"format": ')
    outcome = permq("anneal", folder, "--checkpoint", file)
    assert outcome.code == 2
    assert str(file) in outcome.err
    assert "damaged" in outcome.err


def test_an_interrupt_keeps_the_best_and_the_checkpoint(tmp_path):
    puzzle, answer = toy_puzzle(seed=3, blocks=14)  # too many orders to run into the answer
    folder = write_puzzle(tmp_path / "toy", puzzle)
    wrong = Arrangement(answer.inputs[::-1], answer.outputs[::-1], answer.last)
    file = tmp_path / "state.json"
    # the process interrupts itself once the search reports: no guessing at times
    program = (
        "import os, signal, sys\n"
        "from permq.cli import progress\n"
        "killed = []\n"
        "def update(self, done, note=''):\n"
        "    if done >= 100 and not killed:\n"
        "        killed.append(done)\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "progress.Progress.update = update\n"
        "from permq.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = ["anneal", str(folder), "--from", wrong.text, "--steps", "100000", "--json"]
    words += ["--hot", "100", "--cold", "100", "--checkpoint", str(file)]
    ended = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
        cwd=Path(__file__).parents[3],
        timeout=60,
    )
    assert ended.returncode == 128 + signal.SIGINT, ended.stderr
    said = json.loads(ended.stdout)
    assert said["interrupted"] is True
    assert 100 <= said["steps"] < 1000
    assert json.loads(file.read_text())["step"] == said["steps"]
