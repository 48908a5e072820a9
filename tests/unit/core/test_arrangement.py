import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.core.arrangement import (
    Arrangement,
    inversions,
    kendall_tau,
    pairs_right,
    positions_right,
)
from permq.errors import AnswerError

# two blocks that differ in order from the first, one pair exchanged in the third
FIRST = Arrangement((4, 0, 2), (1, 6, 5), 3)
REORDERED = Arrangement((0, 4, 2), (6, 1, 5), 3)
REPAIRED = Arrangement((4, 0, 2), (1, 5, 6), 3)


@st.composite
def arrangements(draw: st.DrawFn) -> Arrangement:
    blocks = draw(st.integers(1, 12))
    pieces = draw(st.permutations(range(2 * blocks + 1)))
    return Arrangement.of(pieces)


def test_the_text_alternates_inputs_and_outputs_and_ends_with_the_last_layer() -> None:
    assert FIRST.text == "4,1,0,6,2,5,3"
    assert FIRST.pieces == (4, 1, 0, 6, 2, 5, 3)


def test_the_hash_is_over_the_text_without_blanks_or_brackets() -> None:
    assert FIRST.sha256 == hashlib.sha256(b"4,1,0,6,2,5,3").hexdigest()


def test_pairing_and_order_say_everything() -> None:
    assert FIRST.pairing == {4: 1, 0: 6, 2: 5}
    assert FIRST.order == (4, 0, 2)
    assert FIRST.blocks == 3


@given(arrangements())
def test_what_is_written_is_read_back(arrangement: Arrangement) -> None:
    assert Arrangement.parse(arrangement.text) == arrangement
    assert Arrangement.parse(f" [{arrangement.text.replace(',', ', ')}]\n") == arrangement
    assert Arrangement.of(arrangement.pieces) == arrangement


def test_an_answer_is_read_from_text_and_from_a_file(tmp_path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text(FIRST.text + "\n")
    assert Arrangement.read(FIRST.text) == FIRST
    assert Arrangement.read(file) == FIRST
    assert Arrangement.read(str(file)) == FIRST


def test_indices_of_numpy_make_a_plain_text() -> None:
    numbers = np.arange(3)
    assert Arrangement.of(list(numbers)).text == "0,1,2"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "joined by commas; got ''"),
        ("1,2,", "joined by commas; got ''"),
        ("1,2,-3", "got '-3'"),
        ("1,2,3.0", "got '3.0'"),
        ("1,2,٣", "got '٣'"),
        ("1,2,1000000000", "got '1000000000'"),
        ("[1,2,3", "got '[1'"),
        ("7", "at least three; got 1"),
        ("1,2", "odd number of pieces, at least three; got 2"),
        ("1,2,3,4", "got 4"),
        ("1,2,2", "piece 2 stands twice"),
        ("1,2,3,4,1", "piece 1 stands twice"),
    ],
)
def test_a_text_that_is_no_answer_is_refused_with_its_fault(text: str, problem: str) -> None:
    with pytest.raises(AnswerError) as raised:
        Arrangement.parse(text)
    assert problem in str(raised.value)


@pytest.mark.parametrize(("inputs", "outputs"), [((), ()), ((1,), ()), ((1, 2), (3,))])
def test_unequal_or_empty_sequences_are_refused(inputs, outputs) -> None:
    with pytest.raises(AnswerError, match="as many input as output layers"):
        Arrangement(inputs, outputs, 9)


def test_the_last_layer_may_not_stand_in_a_block() -> None:
    with pytest.raises(AnswerError, match="piece 2 stands twice"):
        Arrangement((1,), (2,), 2)


def test_a_file_that_cannot_be_an_answer_is_named(tmp_path) -> None:
    missing, folder = tmp_path / "none.txt", tmp_path
    large, binary, wrong = tmp_path / "large", tmp_path / "binary", tmp_path / "wrong"
    large.write_bytes(b"1," * (1 << 20))
    binary.write_bytes(b"\xff\xfe\x00")
    wrong.write_text("1,2,x")
    for path in (missing, folder, large, binary, wrong):
        with pytest.raises(AnswerError) as raised:
            Arrangement.read(path)
        assert str(raised.value).startswith(f"{path}: ")


def test_distances_count_pairs_positions_and_inversions() -> None:
    assert (pairs_right(FIRST, FIRST), positions_right(FIRST, FIRST)) == (3, 3)
    assert (pairs_right(REORDERED, FIRST), positions_right(REORDERED, FIRST)) == (3, 1)
    assert (pairs_right(REPAIRED, FIRST), positions_right(REPAIRED, FIRST)) == (1, 1)
    assert inversions(REORDERED, FIRST) == 1
    assert kendall_tau(REORDERED, FIRST) == pytest.approx(1 / 3)
    assert kendall_tau(REPAIRED, FIRST) == 1.0


@given(arrangements(), st.randoms(use_true_random=False))
def test_kendall_tau_counts_every_pair_of_blocks(arrangement: Arrangement, random) -> None:
    shuffled = list(arrangement.inputs)
    random.shuffle(shuffled)
    other = Arrangement(tuple(shuffled), arrangement.outputs, arrangement.last)
    blocks = arrangement.blocks
    agreeing = sum(
        (shuffled.index(a) < shuffled.index(b))
        == (arrangement.order.index(a) < arrangement.order.index(b))
        for i, a in enumerate(shuffled)
        for b in shuffled[:i]
    )
    pairs = blocks * (blocks - 1) // 2
    expected = 1.0 if pairs == 0 else (2 * agreeing - pairs) / pairs
    assert kendall_tau(other, arrangement) == pytest.approx(expected)
    assert inversions(other, arrangement) == inversions(arrangement, other) == pairs - agreeing


def test_one_order_reversed_is_wholly_anticorrelated() -> None:
    backwards = Arrangement(FIRST.inputs[::-1], FIRST.outputs[::-1], 3)
    assert kendall_tau(backwards, FIRST) == -1.0
    assert pairs_right(backwards, FIRST) == 3


def test_orders_of_different_layers_have_no_distance() -> None:
    with pytest.raises(AnswerError, match="same input layers"):
        kendall_tau(FIRST, Arrangement((4, 0, 9), (1, 6, 5), 3))


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_answer_is_called_empty(text) -> None:
    with pytest.raises(AnswerError, match="the answer is empty"):
        Arrangement.read(text)
