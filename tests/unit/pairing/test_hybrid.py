import json

import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.errors import AnswerError
from permq.pairing.assignment import assign
from permq.pairing.hybrid import hybrid, pairings, read_answers
from tests.toys import toy_puzzle

# layers 0 and 1 are sure of 0 and 1, layers 2 and 3 do not know which of 2 and 3
SHARES = np.array(
    [
        [0.97, 0.01, 0.01, 0.01],
        [0.01, 0.97, 0.01, 0.01],
        [0.01, 0.01, 0.52, 0.46],
        [0.01, 0.01, 0.46, 0.52],
    ]
)
SURPRISE = -np.log(SHARES)


def test_sure_pairs_are_kept_and_doubtful_ones_voted_on():
    voters = [np.array([1, 0, 3, 2])] * 3
    found = hybrid(SURPRISE, voters)
    assert found.pair.tolist() == [0, 1, 3, 2]
    assert found.sure.tolist() == [True, True, False, False]
    assert found.share.tolist() == [0, 0, 1, 1]


def test_probabilities_decide_a_tied_vote():
    voters = [np.array([0, 1, 3, 2]), np.array([0, 1, 2, 3])]
    assert hybrid(SURPRISE, voters).pair.tolist() == [0, 1, 2, 3]


def test_the_pairing_is_the_assignment_of_its_cost():
    found = hybrid(SURPRISE, [np.array([1, 0, 3, 2])])
    np.testing.assert_array_equal(assign(found.cost), found.pair)


def test_with_everything_sure_nobody_is_asked():
    found = hybrid(-np.log(0.96 * np.eye(4) + 0.01), [np.array([3, 2, 1, 0])])
    assert found.sure.all()
    assert found.pair.tolist() == [0, 1, 2, 3]


TEXTS = ["0,1,2,3,4", "2,1,0,3,4"]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(TEXTS) + "\n",
        "\n\n".join(f"[{text}]" for text in TEXTS),
        json.dumps(TEXTS),
        json.dumps([[int(piece) for piece in text.split(",")] for text in TEXTS]),
        json.dumps([[int(piece) for piece in text.split(",")] for text in TEXTS], indent=2),
    ],
)
def test_answers_are_read_line_by_line_or_as_json(tmp_path, content):
    path = tmp_path / "answers"
    path.write_text(content)
    assert [answer.text for answer in read_answers(path)] == TEXTS


def test_one_answer_in_brackets_is_one_answer(tmp_path):
    path = tmp_path / "answer"
    path.write_text("[0, 1, 2, 3, 4]\n")
    assert [answer.text for answer in read_answers(path)] == TEXTS[:1]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("0,1,2\n0,0,1\n", "line 2: piece 0 stands twice"),
        ('["0,1,2", 5]', "entry 2: "),
        ('["0,1,2"', "no JSON list"),
        ("", "holds no answer"),
        ("[]", "holds no answer"),
    ],
)
def test_a_bad_entry_is_named(tmp_path, content, named):
    path = tmp_path / "answers"
    path.write_text(content)
    with pytest.raises(AnswerError, match=named) as raised:
        read_answers(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "answers"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AnswerError, match=str(path)):
        read_answers(path)


def test_pairings_are_by_local_index():
    puzzle, answer = toy_puzzle(0)
    inp, out = puzzle.indices(answer)
    (pair,) = pairings(puzzle, [answer])
    assert pair[inp].tolist() == out.tolist()
    strange = Arrangement(answer.inputs[:-1], answer.outputs[:-1], answer.last)
    with pytest.raises(AnswerError):
        pairings(puzzle, [strange])
