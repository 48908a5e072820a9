import numpy as np
import pytest

from permq.core.puzzle import Puzzle
from permq.errors import AnswerError, OptionError
from permq.ordering.paired import Paired
from permq.ordering.registry import SEEDS
from permq.pairing.registry import SCORES
from permq.search.problem import Problem
from permq.search.start import pairing_of, resolve_pairs, resolve_start
from tests.toys import toy_puzzle

RNG = np.random.default_rng


@pytest.fixture(scope="module")
def known():
    puzzle, answer = toy_puzzle(0, blocks=6, rows=50, signal=0.7)
    inp, out = puzzle.indices(answer)
    return puzzle, answer, pairing_of(inp, out)


def start(puzzle: Puzzle, text: str, pair, seed: int = 0):
    return resolve_start(Problem.of(puzzle), puzzle, text, pair, RNG(seed))


def test_pairs_come_from_a_score_by_its_name(known) -> None:
    puzzle, _, _ = known
    for name in ("trace", "norm-correlation"):
        np.testing.assert_array_equal(resolve_pairs(puzzle, name), SCORES[name].pairing(puzzle))


def test_pairs_come_from_the_ensemble(known) -> None:
    puzzle, _, pair = known
    np.testing.assert_array_equal(resolve_pairs(puzzle, "ensemble"), pair)


def test_pairs_come_from_an_answer_as_text_or_file(known, tmp_path) -> None:
    puzzle, answer, pair = known
    file = tmp_path / "answer.txt"
    file.write_text(answer.text)
    for text in (answer.text, str(file)):
        np.testing.assert_array_equal(resolve_pairs(puzzle, text), pair)


def test_pairs_come_from_a_saved_file(known, tmp_path) -> None:
    puzzle, _, pair = known
    file = tmp_path / "pairs.npz"
    np.savez(file, pair=pair)
    np.testing.assert_array_equal(resolve_pairs(puzzle, str(file)), pair)


@pytest.mark.parametrize("content", [b"", b"no zip file", b"PK\x03\x04 truncated"])
def test_a_file_that_is_no_npz_is_named(known, tmp_path, content) -> None:
    file = tmp_path / "broken.npz"
    file.write_bytes(content)
    with pytest.raises(OptionError) as raised:
        resolve_pairs(known[0], str(file))
    assert str(raised.value).startswith(f"{file}: ")


def test_a_missing_npz_is_named(known, tmp_path) -> None:
    with pytest.raises(OptionError, match="no such file"):
        resolve_pairs(known[0], str(tmp_path / "none.npz"))


@pytest.mark.parametrize(
    "arrays",
    [
        {"other": np.arange(6)},
        {"pair": np.zeros(6, int)},
        {"pair": np.arange(5)},
        {"pair": np.arange(6) * 1.0},
        {"pair": np.array(["a"] * 6, object)},
    ],
)
def test_a_saved_file_without_a_pairing_of_the_puzzle_is_refused(known, tmp_path, arrays) -> None:
    file = tmp_path / "pairs.npz"
    np.savez(file, **arrays)
    with pytest.raises((OptionError, AnswerError)) as raised:
        resolve_pairs(known[0], str(file))
    assert str(raised.value).startswith(f"{file}: ")


def test_what_is_no_pairing_lists_the_known_names(known) -> None:
    with pytest.raises(OptionError, match=r"'tracee' is no pairing method.*ensemble, trace"):
        resolve_pairs(known[0], "tracee")


def test_an_answer_of_another_puzzle_is_refused(known) -> None:
    other = toy_puzzle(0, blocks=4)[1]
    with pytest.raises(AnswerError):
        resolve_pairs(known[0], other.text)
    with pytest.raises(AnswerError):
        start(known[0], other.text, known[2])


def test_a_random_start_keeps_the_pairs_and_follows_the_generator(known) -> None:
    puzzle, _, pair = known
    inp, out = start(puzzle, "random", pair, seed=1)
    assert sorted(inp.tolist()) == list(range(6))
    np.testing.assert_array_equal(out, pair[inp])
    np.testing.assert_array_equal(start(puzzle, "random", pair, seed=1)[0], inp)
    assert any((start(puzzle, "random", pair, seed=s)[0] != inp).any() for s in range(2, 5))


@pytest.mark.parametrize("name", ["greedy-by-state", "output-sum"])
def test_a_seed_starts_forwards_backwards_or_the_better_way(known, name) -> None:
    puzzle, _, pair = known
    blocks = Paired.of(puzzle, pair)
    expected = SEEDS[name].order(blocks)
    inp, out = start(puzzle, name, pair)
    np.testing.assert_array_equal(inp, expected)
    np.testing.assert_array_equal(out, pair[expected])
    np.testing.assert_array_equal(start(puzzle, f"{name}:reversed", pair)[0], expected[::-1])
    best = start(puzzle, f"{name}:best", pair)[0]
    assert blocks.cost(best) == min(blocks.cost(expected), blocks.cost(expected[::-1]))


def test_an_answer_is_its_own_start(known, tmp_path) -> None:
    puzzle, answer, _ = known
    file = tmp_path / "answer"
    file.write_text(answer.text)
    for text in (answer.text, str(file)):
        inp, out = start(puzzle, text, np.arange(6))
        assert puzzle.arrangement(inp, out) == answer


def test_unknown_starts_list_the_known_names(known) -> None:
    puzzle, _, pair = known
    with pytest.raises(OptionError, match=r"'greedy' is no start.*random, greedy-by-state"):
        start(puzzle, "greedy", pair)
    with pytest.raises(OptionError, match="output-sum:reversed or output-sum:best"):
        start(puzzle, "output-sum:backwards", pair)
    with pytest.raises(OptionError, match="is no start"):
        start(puzzle, "x" * 5000, pair)
