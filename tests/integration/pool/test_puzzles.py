"""Puzzles of the pool."""

from dataclasses import replace

import pytest

from permq.core.loading import load_puzzle
from permq.errors import OptionError, PoolError
from permq.pool import puzzles, solutions
from permq.pool.connection import transaction
from permq.pool.content import unpack
from tests.puzzle_files import SMALL
from tests.toys import toy_puzzle


@pytest.fixture
def cursor(connection):
    with transaction(connection) as one:
        yield one


def test_a_puzzle_is_stored_once_by_what_it_holds(cursor, toy):
    first = puzzles.add(cursor, toy[0])
    again = puzzles.add(cursor, replace(toy[0], name="another"))
    assert again == first
    assert [row.id for row in puzzles.listing(cursor)] == [first.id]


def test_its_contents_come_back_with_its_fingerprint(cursor):
    puzzle = load_puzzle(SMALL)
    row = puzzles.add(cursor, puzzle)
    assert row.fingerprint == puzzle.fingerprint
    again = unpack(puzzles.content(cursor, row.id))
    assert again.fingerprint == row.fingerprint
    assert (row.blocks, row.width, row.hidden) == (again.blocks, again.width, again.hidden)


def test_a_name_that_is_given_replaces_the_one_it_has(cursor, toy):
    assert puzzles.add(cursor, toy[0]).name == "toy"
    assert puzzles.add(cursor, toy[0], name="mine").name == "mine"
    assert puzzles.add(cursor, toy[0]).name == "mine"


@pytest.mark.parametrize("name", ["", " lead", "two\nlines", "x" * 101])
def test_a_name_that_cannot_be_shown_is_refused(cursor, toy, name):
    with pytest.raises(OptionError, match="name is a text"):
        puzzles.add(cursor, toy[0], name=name)


def test_the_newest_is_found_by_nothing(cursor):
    puzzles.add(cursor, toy_puzzle(1)[0], name="old")
    newest = puzzles.add(cursor, toy_puzzle(2)[0], name="new")
    assert puzzles.find(cursor) == newest


def test_a_puzzle_is_found_by_its_name_or_the_beginning_of_its_fingerprint(cursor):
    one = puzzles.add(cursor, toy_puzzle(1)[0], name="one")
    puzzles.add(cursor, toy_puzzle(2)[0], name="two")
    for text in ("one", one.fingerprint, one.fingerprint[:10], one.fingerprint[:10].upper()):
        assert puzzles.find(cursor, text) == one


def test_a_name_comes_before_the_digits_of_another(cursor):
    one = puzzles.add(cursor, toy_puzzle(1)[0], name="one")
    two = puzzles.add(cursor, toy_puzzle(2)[0], name=one.fingerprint[:6])
    assert puzzles.find(cursor, one.fingerprint[:6]) == two


def test_an_unknown_puzzle_is_refused_with_what_there_is(cursor):
    with pytest.raises(OptionError, match="no puzzle in the pool yet"):
        puzzles.find(cursor)
    with pytest.raises(OptionError, match="there is none at all"):
        puzzles.find(cursor, "one")
    puzzles.add(cursor, toy_puzzle(1)[0], name="one")
    with pytest.raises(OptionError, match=r"no puzzle 'other' in the pool; there are one \("):
        puzzles.find(cursor, "other")


def test_a_name_that_two_share_is_refused_with_both(cursor):
    one = puzzles.add(cursor, toy_puzzle(1)[0], name="same")
    two = puzzles.add(cursor, toy_puzzle(2)[0], name="same")
    with pytest.raises(OptionError, match="may mean several") as refused:
        puzzles.find(cursor, "same")
    assert one.label in str(refused.value)
    assert two.label in str(refused.value)


def test_signs_of_patterns_in_a_name_mean_themselves(cursor, toy):
    puzzles.add(cursor, toy[0])
    with pytest.raises(OptionError, match="no puzzle '%'"):
        puzzles.find(cursor, "%")


def test_a_hash_that_is_learned_later_judges_the_solutions_anew(cursor, toy, wrong):
    puzzle, answer = toy
    nameless = replace(puzzle, solution_sha256=None)
    row = puzzles.add(cursor, nameless)
    right = solutions.check(nameless, solutions.Found(answer, "test"))
    solutions.record(cursor, row.id, [right, *wrong(1)])
    assert puzzles.find(cursor).solved_at is not None
    learned = puzzles.add(cursor, puzzle)
    assert learned.answer_sha256 == answer.sha256
    assert unpack(puzzles.content(cursor, row.id)).solution_sha256 == answer.sha256
    matches = {one.hash: one.match for one in solutions.top(cursor, row.id, 9)}
    assert matches == {answer.sha256: True, wrong(1)[0].arrangement.sha256: False}
    assert learned.solved_at is not None


def test_an_equivalent_no_longer_solves_once_the_hash_is_known(cursor, toy):
    puzzle, answer = toy
    row = puzzles.add(cursor, replace(puzzle, solution_sha256=None))
    found = solutions.check(replace(puzzle, solution_sha256=None), solutions.Found(answer, "test"))
    solutions.record(cursor, row.id, [found])
    learned = puzzles.add(cursor, replace(puzzle, solution_sha256="0" * 64))
    assert learned.solved_at is None
    best = solutions.best(cursor, row.id)
    assert (best.match, best.solved, best.exact) == (False, False, True)


def test_another_hash_of_the_answer_is_refused(cursor, toy):
    puzzles.add(cursor, toy[0])
    with pytest.raises(OptionError, match="another hash of its answer"):
        puzzles.add(cursor, replace(toy[0], solution_sha256="0" * 64))


def test_an_activation_is_corrected_until_something_was_computed_with_it(cursor, toy, wrong):
    row = puzzles.add(cursor, toy[0])
    corrected = puzzles.add(cursor, replace(toy[0], activation="gelu"))
    assert (corrected.id, corrected.activation) == (row.id, "gelu")
    assert unpack(puzzles.content(cursor, row.id)).activation == "gelu"
    solutions.record(cursor, row.id, wrong(1))
    with pytest.raises(OptionError, match="worked on with it; it cannot become relu"):
        puzzles.add(cursor, toy[0])


def test_a_puzzle_that_is_not_there_has_no_contents(cursor):
    with pytest.raises(PoolError, match="no puzzle 7"):
        puzzles.content(cursor, 7)


def test_only_the_transaction_that_solves_a_puzzle_has_solved_it(connection, toy, stored):
    puzzle, answer = toy
    answered = solutions.check(puzzle, solutions.Found(answer, "test"))
    with transaction(connection) as cursor:
        assert not puzzles.solved_now(cursor, stored.id)
        solutions.record(cursor, stored.id, [answered])
        assert puzzles.solved_now(cursor, stored.id)
    with transaction(connection) as cursor:
        solutions.record(cursor, stored.id, [answered])
        assert not puzzles.solved_now(cursor, stored.id)
