"""`permq verify`: statuses and what is printed."""

import json
from dataclasses import replace

import pytest

from permq.core.arrangement import Arrangement
from tests.puzzle_files import write_puzzle
from tests.toys import plain_forward, toy_puzzle


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """A folder, its answer, and another order."""
    puzzle, answer = toy_puzzle(seed=3)
    folder = write_puzzle(tmp_path_factory.mktemp("puzzle") / "toy", puzzle)
    wrong = Arrangement(answer.inputs[::-1], answer.outputs[::-1], answer.last)
    return folder, answer, wrong


@pytest.fixture
def hashed(known):
    """The same folder while its puzzle.toml names the hash of some answer."""
    folder, *_ = known
    settings = folder / "puzzle.toml"
    yield lambda answer: settings.write_text(f'solution_sha256 = "{answer.sha256}"\n')
    settings.unlink(missing_ok=True)


def test_the_answer_is_exact_where_no_hash_is_known(permq, known):
    folder, answer, _ = known
    outcome = permq("verify", folder, answer.text, "--json")
    assert outcome.code == 0
    said = outcome.json
    assert said["solved"] is said["exact"] is True
    assert said["sha256_match"] is None
    assert said["sha256"] == answer.sha256
    assert said["max_abs_error"] < 1e-4


def test_another_order_is_no_match(permq, known):
    folder, _, wrong = known
    outcome = permq("verify", folder, wrong.text, "--json")
    assert outcome.code == 1
    assert outcome.json["solved"] is outcome.json["exact"] is False
    assert outcome.json["mse"] > 0.01


def test_a_hash_match_says_so(permq, known, hashed):
    folder, answer, _ = known
    hashed(answer)
    outcome = permq("verify", folder, answer.text)
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == "sha256 match"
    assert answer.sha256 in outcome.out


def test_an_exact_answer_of_another_hash_is_equivalent(permq, known, hashed):
    folder, answer, wrong = known
    hashed(wrong)
    outcome = permq("verify", folder, answer.text, "--json")
    assert outcome.code == 3
    assert outcome.json["equivalent"] is True
    assert outcome.json["solved"] is outcome.json["sha256_match"] is False
    assert outcome.json["match"] is None


def test_the_equivalent_that_has_the_hash_is_found(permq, tmp_path):
    # two input layers that are equal to the last bit may stand for each other
    puzzle, answer = toy_puzzle(seed=4)
    inp, _ = puzzle.indices(answer)
    puzzle.w_in[inp[3]], puzzle.b_in[inp[3]] = puzzle.w_in[inp[0]], puzzle.b_in[inp[0]]
    puzzle = replace(puzzle, pred=plain_forward(puzzle, *puzzle.indices(answer)).astype("f4"))
    folder = write_puzzle(tmp_path / "twins", puzzle)
    (folder / "puzzle.toml").write_text(f'solution_sha256 = "{answer.sha256}"\n')
    first, second, third, fourth, *rest = answer.inputs
    twin = Arrangement((fourth, second, third, first, *rest), answer.outputs, answer.last)
    outcome = permq("verify", folder, twin.text)
    assert outcome.code == 3
    assert outcome.out.splitlines()[-1].endswith(f" {answer.text}")
    assert permq("verify", folder, twin.text, "--json").json["match"] == answer.text


def test_the_wrong_order_of_a_known_hash_is_no_match(permq, known, hashed):
    folder, answer, wrong = known
    hashed(answer)
    outcome = permq("verify", folder, wrong.text)
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1].startswith("no match")


def test_an_answer_may_stand_in_a_file(permq, known, tmp_path):
    folder, answer, _ = known
    file = tmp_path / "answer.txt"
    file.write_text(answer.text + "\n")
    assert permq("verify", folder, file).code == 0


@pytest.mark.parametrize("answer", ["1,2", "1,1,1", "0,1,2", "a,b,c", "nowhere.txt"])
def test_what_is_no_answer_of_the_puzzle_is_an_input_error(permq, known, answer):
    outcome = permq("verify", known[0], answer, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert list(json.loads(outcome.err)) == ["error"]


def test_a_missing_folder_is_named(permq, tmp_path):
    outcome = permq("verify", tmp_path / "nowhere", "1,2,3")
    assert outcome.code == 2
    assert outcome.err == f"permq: error: {tmp_path / 'nowhere'}: no such folder\n"
