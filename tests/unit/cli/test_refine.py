"""`permq refine`."""

import pytest

from permq.core.arrangement import Arrangement
from tests.puzzle_files import REAL, SMALL, needs_real_puzzle, write_puzzle
from tests.toys import toy_puzzle


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A folder and its answer."""
    puzzle, answer = toy_puzzle(seed=3, signal=0.8)
    return write_puzzle(tmp_path_factory.mktemp("puzzle") / "toy", puzzle), answer


def reordered(answer, order, partners=None):
    """The answer with blocks in another order, and output layers too where asked for."""
    inputs = tuple(answer.inputs[t] for t in order)
    outputs = tuple(answer.outputs[t] for t in partners or order)
    return Arrangement(inputs, outputs, answer.last)


def test_an_order_is_put_right(permq, toy, tmp_path):
    folder, answer = toy
    start = reordered(answer, (0, 3, 2, 1, 4))
    words = ("--from", start.text, "--out", tmp_path / "answer.txt", "--json")
    outcome = permq("refine", folder, *words)
    assert outcome.code == 0
    said = outcome.json
    assert said["command"] == "refine"
    assert said["answer"] == answer.text
    assert said["solved"] is True
    assert said["start_mse"] > 1e-3 > said["mse"]
    assert (tmp_path / "answer.txt").read_text() == answer.text + "\n"


def test_partners_are_changed_only_when_asked(permq, toy):
    folder, answer = toy
    start = reordered(answer, range(5), (0, 1, 3, 2, 4))
    words = ("refine", folder, "--from", start.text, "--json")
    assert permq(*words, "--repair").json["answer"] == answer.text
    assert Arrangement.parse(permq(*words).json["answer"]).pairing == start.pairing


def test_locked_positions_stay(permq, toy):
    folder, answer = toy
    start = reordered(answer, (4, 3, 2, 1, 0))
    words = ("--from", start.text, "--lock", "0,4", "--repair", "--json")
    found = Arrangement.parse(permq("refine", folder, *words).json["answer"])
    for position in (0, 4):
        assert found.inputs[position] == start.inputs[position]
        assert found.outputs[position] == start.outputs[position]


def test_the_shipped_network_is_refined_from_its_answer_in_disorder(permq):
    answer = Arrangement.read(SMALL / "answer.txt")
    start = reordered(answer, (1, 0, 2, 4, 3, 5, 6, 7, 10, 8, 9, 11))
    outcome = permq("refine", SMALL, "--from", start.text)
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == "sha256 match"


def test_a_seed_gives_one_answer(permq, toy):
    folder, _ = toy
    words = ("--from", "random", "--pairs", "trace", "--rows", 20, "--seed", 5, "--sample", 4)
    answers = {permq("refine", folder, *words, "--json").json["answer"] for _ in range(2)}
    assert len(answers) == 1


def test_people_get_lines_and_rounds_are_steps(permq, toy):
    folder, answer = toy
    start = reordered(answer, (4, 3, 2, 1, 0))
    outcome = permq("refine", folder, "--from", start.text, "--steps", 1)
    lines = dict(line.split(None, 1) for line in outcome.out.splitlines())
    assert "->" in lines["refine"]
    assert "\x1b" not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--lock", "5"), "--lock: positions run from 0 to 4"),
        (("--lock", "x"), "x"),
        (("--sample", "0"), "sample"),
        (("--tries", "-1"), "tries"),
        (("--pairs-of-moves", "-1"), "pairs"),
        (("--reach", "-1"), "reach"),
        (("--from", "nowhere"), "nowhere"),
        (("--pairs", "nothing"), "nothing"),
    ],
)
def test_what_cannot_be_used_is_named_with_status_2(permq, toy, words, named):
    folder, answer = toy
    outcome = permq("refine", folder, "--from", answer.text, *words)
    assert outcome.code == 2
    assert named in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("words", [("--reach", 0), ("--tries", 0), ("--lock", "0-4")])
def test_nothing_to_try_changes_nothing(permq, toy, words):
    folder, answer = toy
    start = reordered(answer, (1, 0, 2, 3, 4))
    words = ("--from", start.text, "--pairs-of-moves", 0, *words, "--json")
    said = permq("refine", folder, *words).json
    assert said["answer"] == start.text
    assert said["accepted"] == 0


@needs_real_puzzle
def test_the_real_puzzle_is_finished_from_a_greedy_order(permq):
    said = permq("refine", REAL, "--pairs", "trace", "--json").json
    assert said["start_mse"] > 1e-5
    assert said["sha256_match"] is True
