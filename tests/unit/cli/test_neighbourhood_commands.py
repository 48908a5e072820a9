"""`permq cascade`, `rotate`, `surgery`, `zone`, `sweep` and `lns`."""

import pytest

from permq.core.arrangement import Arrangement
from tests.puzzle_files import REAL, needs_real_puzzle, write_puzzle
from tests.toys import toy_puzzle

COMMANDS = {
    "cascade": (),
    "rotate": (),
    "surgery": (),
    "lns": (),
    "zone": ("--positions", "0-4"),
    "sweep": ("--layers", "both", "--exchange", "1", "3"),
}


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


@pytest.mark.parametrize("command", COMMANDS)
def test_exchanged_blocks_are_put_right(permq, toy, command):
    folder, answer = toy
    order = (0, 1, 4, 2, 3) if command == "rotate" else (0, 3, 2, 1, 4)
    start = reordered(answer, order)
    outcome = permq(command, folder, "--from", start.text, *COMMANDS[command], "--json")
    assert outcome.code == 0
    said = outcome.json
    assert said["command"] == command
    assert said["answer"] == answer.text
    assert said["solved"] is True
    assert said["start_mse"] > 1e-3 > said["mse"]
    assert said["evaluations"] >= said["accepted"] > 0


@pytest.mark.parametrize("command", COMMANDS)
def test_locked_positions_stay(permq, toy, command):
    folder, answer = toy
    start = reordered(answer, (4, 3, 2, 1, 0))
    words = (*COMMANDS[command], "--lock", "0,4", "--json")
    found = Arrangement.parse(permq(command, folder, "--from", start.text, *words).json["answer"])
    for position in (0, 4):
        assert found.inputs[position] == start.inputs[position]
        assert found.outputs[position] == start.outputs[position]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_seed_gives_one_answer_and_out_writes_it(permq, toy, tmp_path, command):
    folder, _ = toy
    words = ("--from", "random", "--pairs", "trace", "--rows", 20, "--steps", 3, "--seed", 5)
    words = (command, folder, *words, *COMMANDS[command], "--out", tmp_path / "answer.txt")
    answers = [permq(*words, "--json").json["answer"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert (tmp_path / "answer.txt").read_text() == answers[0] + "\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_people_get_lines(permq, toy, command):
    folder, answer = toy
    outcome = permq(command, folder, "--from", answer.text, *COMMANDS[command])
    lines = dict(line.split(None, 1) for line in outcome.out.splitlines())
    assert lines["answer"] == answer.text
    assert command in lines
    assert "\x1b" not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("cascade", "--reach", "0"), "reach"),
        (("cascade", "--lock", "5"), "--lock: positions run from 0 to 4"),
        (("rotate", "--span", "1"), "span"),
        (("rotate", "--layers", "none"), "none"),
        (("surgery", "--size", "1"), "window"),
        (("surgery", "--trials", "0"), "trials"),
        (("lns", "--choose", "best"), "best"),
        (("lns", "--size", "30"), "30"),
        (("lns", "--solution", "missing.txt"), "missing.txt"),
        (("zone",), "--positions or --solution"),
        (("zone", "--positions", "3-5"), "--positions: positions run from 0 to 4"),
        (("zone", "--positions", "x"), "x"),
        (("sweep", "--part", "half"), "half"),
        (("sweep", "--part", "3/2"), "part 3 of 2"),
        (("sweep", "--doubt", "nothing"), "nothing"),
        (("sweep", "--exchange", "1", "7"), "0 to 4"),
        (("sweep", "--exchange", "1", "2", "--exchange", "2", "3"), "twice"),
    ],
)
def test_what_cannot_be_used_is_named_with_status_2(permq, toy, words, named):
    folder, answer = toy
    outcome = permq(words[0], folder, "--from", answer.text, *words[1:])
    assert outcome.code == 2
    assert named in outcome.err
    assert "Traceback" not in outcome.err


def test_a_zone_is_where_solutions_disagree(permq, toy, tmp_path):
    folder, answer = toy
    pool = tmp_path / "pool.txt"
    orders = [(0, 1, 2, 3, 4), (0, 2, 1, 3, 4), (0, 1, 3, 2, 4), (0, 1, 2, 3, 4)]
    pool.write_text("\n".join(reordered(answer, order).text for order in orders) + "\n")
    start = reordered(answer, (0, 3, 1, 2, 4))
    words = ("zone", folder, "--from", start.text, "--solution", pool, "--json")
    said = permq(*words).json
    assert said["positions"] == [1, 2, 3]
    assert said["solved"] is True
    assert permq(*words, "--below", 0.6).json["positions"] == [2]


def test_solutions_weigh_the_positions_of_a_neighbourhood(permq, toy, tmp_path):
    folder, answer = toy
    start = reordered(answer, (0, 2, 1, 3, 4))
    words = ("--solution", answer.text, "--solution", start.text, "--size", 2, "--steps", 1)
    words = ("lns", folder, "--from", start.text, *words, "--choose", "weighted", "--json")
    assert permq(*words).json["answer"] == answer.text


@pytest.mark.parametrize("doubt", ["cost", "trace"])
def test_a_sweep_finds_doubtful_pairs_by_cost_or_score(permq, toy, doubt):
    folder, answer = toy
    start = reordered(answer, range(5), (0, 3, 2, 1, 4))
    words = ("sweep", folder, "--from", start.text, "--count", 1, "--doubt", doubt, "--json")
    said = permq(*words).json
    assert said["exchanges"] == [[1, 3]]
    assert said["answer"] == answer.text
    elsewhere = permq(*words, "--positions", "0,2-4").json["exchanges"]
    assert all(1 not in pair for pair in elsewhere)


def test_the_parts_of_a_sweep_are_shared_out(permq, toy):
    folder, answer = toy
    start = reordered(answer, range(5), (4, 3, 2, 1, 0))
    words = ("sweep", folder, "--from", start.text, "--exchange", 0, 4, "--exchange", 1, 3)
    parts = [permq(*words, "--part", f"{part}/2", "--json").json for part in (1, 2)]
    assert [part["evaluations"] for part in parts] == [2, 2]
    assert [part["solved"] for part in parts] == [False, True]


@needs_real_puzzle
@pytest.mark.parametrize(
    "words",
    [
        ("cascade",),
        ("surgery", "--no-repair"),
        ("lns",),
        ("sweep", "--layers", "both", "--count", "12"),
    ],
    ids=lambda words: words[0],
)
def test_the_real_puzzle_is_finished_from_a_greedy_order(permq, words):
    said = permq(words[0], REAL, "--pairs", "trace", *words[1:], "--json").json
    assert said["start_mse"] > 1e-5
    assert said["sha256_match"] is True
