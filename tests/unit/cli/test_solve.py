"""`permq solve`: what it prints, writes and returns."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from permq.core.arrangement import Arrangement
from permq.core.loading import load_puzzle
from permq.core.objective import verify
from permq.search.solve.checkpoint import dumps, loads
from permq.search.solve.session import Elite
from tests.puzzle_files import SMALL, write_puzzle
from tests.toys import toy_puzzle

KEYS = {
    "solved",
    "answer",
    "sha256",
    "sha256_match",
    "mse",
    "max_abs_error",
    "exact",
    "equivalent",
    "seconds",
    "stages",
    "pairs",
    "positions",
}
PATIENCE = 60.0
"""Seconds after which a test gives up waiting for another process."""


@pytest.fixture(scope="module")
def easy(tmp_path_factory):
    """A folder without a known hash, and its answer."""
    puzzle, answer = toy_puzzle(seed=3, signal=0.8)
    return write_puzzle(tmp_path_factory.mktemp("puzzle") / "easy", puzzle), answer


@pytest.fixture(scope="module")
def unsolvable(tmp_path_factory):
    """A folder with noisy answers and without a known hash: nothing can ever say solved."""
    puzzle, _ = toy_puzzle(seed=1, blocks=7, noise=0.3)
    return write_puzzle(tmp_path_factory.mktemp("puzzle") / "unsolvable", puzzle)


def known_hash(folder, said):
    """Say the hash of the answer in the puzzle's settings."""
    (folder / "puzzle.toml").write_text(f'solution_sha256 = "{said}"\n')
    return folder


def test_a_solved_puzzle_is_told_stage_by_stage(permq, easy, tmp_path):
    folder, answer = easy
    outcome = permq("solve", folder, "--out", tmp_path / "answer.txt")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[-1] == "exact, no sha256 is known"
    assert "loaded easy: 5 blocks of width 6, 40 rows" in lines[0]
    assert any("verification over all rows" in line and "mse" in line for line in lines)
    assert f"answer         {answer.text}" in lines
    assert f"sha256         {answer.sha256}" in lines
    assert "how sure" not in outcome.out
    assert "\x1b" not in outcome.out + outcome.err
    assert (tmp_path / "answer.txt").read_text() == answer.text + "\n"


def test_the_shipped_puzzle_matches_its_hash(permq):
    outcome = permq("solve", SMALL)
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == "sha256 match"


def test_json_is_one_object_with_what_was_promised(permq, easy):
    folder, answer = easy
    outcome = permq("solve", folder, "--json")
    assert outcome.code == 0
    assert outcome.out.count("\n") == 1
    said = outcome.json
    assert set(said) >= KEYS
    assert said["solved"] is True
    assert said["answer"] == answer.text
    assert said["sha256"] == answer.sha256
    assert said["sha256_match"] is None
    assert said["exact"] is True
    assert said["equivalent"] is False
    assert said["mse"] < 1e-9
    assert 0 < said["max_abs_error"] < 1e-4
    assert set(said["seconds"]) == {"load", "pair", "order", "verify", "total"}
    assert all(spent >= 0 for spent in said["seconds"].values())
    assert said["seconds"]["total"] >= said["seconds"]["load"] > 0
    assert [set(stage) for stage in said["stages"]] == [{"name", "mse", "seconds"}] * len(
        said["stages"]
    )
    assert said["pairs"] == [
        {"inp": a, "out": o, "p": 1.0} for a, o in zip(answer.inputs, answer.outputs, strict=True)
    ]
    assert said["positions"] == [{"position": t, "p": 1.0, "entropy": 0.0} for t in range(5)]


def test_what_is_not_solved_says_how_sure_it_is(permq, unsolvable, tmp_path):
    outcome = permq("solve", unsolvable, "--budget", 1, "--out", tmp_path / "best.txt")
    assert outcome.code == 3
    lines = outcome.out.splitlines()
    assert "no match: not exact" in lines
    told = lines[lines.index("no match: not exact") + 1 :]
    assert told[0].startswith("how sure each block is")
    assert len(told) == 1 + 7
    best = Arrangement.read(tmp_path / "best.txt")
    assert f"answer         {best.text}" in lines


def test_the_budget_is_kept(permq, unsolvable):
    # two seconds are allowed; the rest is for a machine that does other work beside
    outcome = permq("solve", unsolvable, "--budget", 3, "--json")
    assert outcome.code == 3
    said = outcome.json
    assert not said["solved"]
    assert 1 < said["seconds"]["total"] < 3 + 2 + 5
    for pair in said["pairs"]:
        assert 0 < pair["p"] < 1
    for position in said["positions"]:
        assert 0 < position["p"] < 1
        assert position["entropy"] > 0
    puzzle = load_puzzle(unsolvable)
    assert said["mse"] == verify(puzzle, Arrangement.parse(said["answer"])).mse


def test_a_budget_of_next_to_nothing_gives_an_answer_all_the_same(permq, unsolvable):
    outcome = permq("solve", unsolvable, "--budget", "1e-6", "--json")
    assert outcome.code == 3
    assert Arrangement.parse(outcome.json["answer"]).blocks == 7


def test_an_equivalent_answer_is_told_as_such(permq, tmp_path):
    puzzle, answer = toy_puzzle(seed=3, signal=0.8)
    folder = known_hash(write_puzzle(tmp_path / "toy", puzzle), "0" * 64)
    outcome = permq("solve", folder, "--json")
    assert outcome.code == 3
    said = outcome.json
    assert (said["solved"], said["equivalent"], said["exact"]) == (False, True, True)
    assert said["sha256_match"] is False
    assert said["answer"] == answer.text
    assert "equivalent: the same function" in permq("solve", folder).out


def test_noisy_answers_with_a_known_hash_are_solved(permq, tmp_path):
    puzzle, answer = toy_puzzle(seed=3, noise=0.02)
    folder = known_hash(write_puzzle(tmp_path / "toy", puzzle), answer.sha256)
    said = permq("solve", folder, "--json").json
    assert (said["solved"], said["sha256_match"], said["exact"]) == (True, True, False)


def test_square_layers_and_another_activation_are_solved(permq, tmp_path):
    puzzle, answer = toy_puzzle(seed=3, blocks=3, hidden=6, activation="tanh")
    folder = write_puzzle(tmp_path / "toy", puzzle)
    said = permq("solve", folder, "--activation", "tanh", "--json").json
    assert said["answer"] == answer.text


@pytest.mark.parametrize("threads", [1, 2])
def test_processes_are_of_one_thread_and_the_seed_is_told(permq, easy, threads):
    folder, answer = easy
    said = permq("solve", folder, "--threads", threads, "--seed", 7, "--json").json
    assert said["seed"] == 7
    assert said["answer"] == answer.text


def test_a_checkpoint_is_written_and_gone_on_from(permq, unsolvable, tmp_path):
    path, puzzle = tmp_path / "solve.json", load_puzzle(unsolvable)
    words = ("solve", unsolvable, "--checkpoint", path, "--json")
    first = permq(*words, "--budget", 2).json
    elites, attempts = loads(puzzle, path.read_bytes())
    assert elites[0].arrangement.text == first["answer"]
    assert attempts > 0
    # with no time to search the best of before is the best of now
    again = permq(*words, "--budget", "1e-6").json
    assert again["answer"] == first["answer"]
    assert again["mse"] == first["mse"]


def test_a_checkpoint_that_holds_the_answer_needs_no_search(permq, tmp_path):
    path = tmp_path / "solve.json"
    words = ("solve", SMALL, "--checkpoint", path, "--json")
    assert permq(*words).code == 0
    again = permq(*words)
    assert again.code == 0
    assert again.json["sha256_match"] is True
    assert again.json["evaluations"] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "damaged"),
        ("{}", "no checkpoint of permq solve"),
        (None, "another puzzle"),
        ("other version", "version 9"),
    ],
)
def test_a_checkpoint_that_cannot_be_used_is_named_and_kept(
    permq, unsolvable, easy, tmp_path, content, said
):
    path = tmp_path / "solve.json"
    if content is None:
        other = load_puzzle(easy[0])
        content = dumps(other, [Elite(0.5, easy[1])], 1)
    elif content == "other version":
        content = dumps(load_puzzle(unsolvable), [], 1).replace('"version": 1', '"version": 9')
    path.write_text(content)
    outcome = permq("solve", unsolvable, "--checkpoint", path, "--budget", 1)
    assert outcome.code == 2
    assert f"{path}: " in outcome.err
    assert said in outcome.err
    assert path.read_text() == content


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("{tmp}/missing",), "missing"),
        (("{easy}", "--budget", "0"), "--budget"),
        (("{easy}", "--budget", "-1"), "--budget"),
        (("{easy}", "--threads", "0"), "--threads"),
        (("{easy}", "--seed", "-1"), "--seed"),
        (("{easy}", "--activation", "sine"), "sine"),
        (("{easy}", "--out", "{tmp}/missing/answer.txt"), "missing"),
        (("{easy}", "--checkpoint", "{tmp}"), "--checkpoint"),
    ],
)
def test_errors_are_one_line_or_one_object(permq, easy, tmp_path, words, named):
    words = [word.format(tmp=tmp_path, easy=easy[0]) for word in words]
    outcome = permq("solve", *words)
    assert outcome.code == 2
    assert named in outcome.err
    assert "Traceback" not in outcome.err
    outcome = permq("solve", *words, "--json")
    assert outcome.code == 2
    assert outcome.out == ""
    assert set(json.loads(outcome.err)) == {"error"}
    assert named in json.loads(outcome.err)["error"]


class Running:
    """`permq solve` in a process of its own, in a process group of its own."""

    def __init__(self, *words):
        command = [sys.executable, "-u", "-m", "permq", "solve", *map(str, words)]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_for(self, what):
        """Ask until it is true."""
        end = time.monotonic() + PATIENCE
        while not what():
            assert self.process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)

    def read_until(self, text):
        """Lines up to the first with a text in it."""
        for line in self.process.stdout:
            if text in line:
                return
        raise AssertionError(f"{text} was never said: {self.process.communicate()}")

    def alone(self):
        """Whether nothing of its process group is left."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.02)
        return False


@pytest.fixture
def running():
    """Start processes that do not outlive the test."""
    started = []

    def start(*words):
        started.append(Running(*words))
        return started[-1]

    yield start
    for it in started:
        with suppress(ProcessLookupError):
            os.killpg(it.process.pid, signal.SIGKILL)
        it.process.communicate()


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_keeps_the_best_and_leaves_no_process(running, unsolvable, tmp_path, threads):
    out, path = tmp_path / "best.txt", tmp_path / "solve.json"
    words = ("--threads", threads, "--out", out, "--checkpoint", path)
    search = running(unsolvable, *words)
    search.read_until("kicks")
    # as a terminal does it: to the whole group
    os.killpg(search.process.pid, signal.SIGINT)
    printed, errors = search.process.communicate(timeout=PATIENCE)
    assert search.process.returncode == 130
    assert errors == ""
    best = Arrangement.read(out)
    assert f"answer         {best.text}" in printed.splitlines()
    assert "how sure each block is" in printed
    elites, _ = loads(load_puzzle(unsolvable), path.read_bytes())
    assert elites[0].arrangement == best
    assert search.alone()


@pytest.mark.parametrize("threads", [1, 2])
def test_after_a_kill_a_run_begins_with_the_best_of_before(
    permq, running, unsolvable, tmp_path, threads
):
    path = tmp_path / "solve.json"
    search = running(unsolvable, "--threads", threads, "--checkpoint", path)
    search.wait_for(path.exists)
    search.read_until("kicks")
    search.process.kill()
    search.process.wait(PATIENCE)
    # companions notice by themselves that nobody listens any more
    assert search.alone()
    puzzle = load_puzzle(unsolvable)
    elites, _ = loads(puzzle, path.read_bytes())
    words = ("--checkpoint", path, "--budget", "1e-6", "--json")
    said = permq("solve", unsolvable, *words).json
    assert said["answer"] == elites[0].arrangement.text


def test_a_reader_that_goes_away_ends_it_quietly(running, unsolvable):
    search = running(unsolvable, "--threads", 2)
    search.process.stdout.readline()
    search.process.stdout.close()
    assert search.process.wait(PATIENCE) == 1
    assert search.process.stderr.read() == ""
    assert search.alone()


_MODULES = """
import json, sys
from permq.cli.main import main
status = main(["solve", sys.argv[1], "--json"])
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
sys.exit(status)
"""


def test_the_command_imports_neither_torch_nor_pandas():
    done = subprocess.run(
        [sys.executable, "-c", _MODULES, SMALL], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not {"torch", "pandas", "matplotlib", "safetensors"} & loaded


def test_a_wrong_cost_in_a_checkpoint_is_not_believed(permq, easy, tmp_path):
    folder, answer = easy
    puzzle = load_puzzle(folder)
    wrong = Arrangement(answer.inputs[::-1], answer.outputs[::-1], answer.last)
    path = tmp_path / "solve.json"
    path.write_text(dumps(puzzle, [Elite(0.0, wrong)], 1))
    said = permq("solve", folder, "--checkpoint", path, "--json").json
    assert said["solved"] is True
    assert said["answer"] == answer.text
