"""What one run of `solve` takes note of."""

from dataclasses import replace

import numpy as np
import pytest

from permq.search.solve.session import Elite, Session
from permq.search.solve.settings import SolveSettings
from permq.search.stop import never
from tests.toys import toy_puzzle


def session_of(puzzle, stop=never, elites=20, **words):
    return Session(puzzle, SolveSettings(elites=elites), 0, stop, **words)


def arrangements(puzzle, count, seed=0):
    """Random local indices."""
    rng = np.random.default_rng(seed)
    return [(rng.permutation(puzzle.blocks), rng.permutation(puzzle.blocks)) for _ in range(count)]


def test_the_best_few_different_arrangements_are_kept_in_order():
    puzzle, _ = toy_puzzle(1)
    kept = []
    session = session_of(puzzle, elites=3, keep=lambda it: kept.append(it.elites[0].mse))
    drawn = arrangements(puzzle, 5)
    for mse, (inp, out) in zip([0.5, 0.9, 0.3, 0.7, 0.1], drawn, strict=True):
        assert not session.consider(puzzle, inp, out, mse)
        assert not session.consider(puzzle, inp, out, mse)
    assert [elite.mse for elite in session.elites] == [0.1, 0.3, 0.5]
    assert session.elites[0].arrangement == puzzle.arrangement(*drawn[4])
    assert kept == [0.5, 0.3, 0.1]


def test_the_answer_ends_it_however_noisy_its_cost():
    puzzle, answer = toy_puzzle(1, noise=0.5)
    kept = []
    session = session_of(puzzle, elites=2, keep=lambda it: kept.append(it.elites[0].arrangement))
    for inp, out in arrangements(puzzle, 4):
        session.consider(puzzle, inp, out, 0.01)
    assert session.consider(puzzle, *puzzle.indices(answer), 0.2)
    assert session.over
    assert session.stop()
    assert session.verification.solved
    assert [elite.arrangement for elite in session.elites[:1]] == [answer]
    assert len(session.elites) == 2
    assert kept[-1] == answer


def test_without_a_hash_the_exact_arrangement_ends_it():
    puzzle, answer = toy_puzzle(1)
    unknown = replace(puzzle, solution_sha256=None)
    session = session_of(unknown)
    assert session.consider(unknown, *puzzle.indices(answer), 1e-13)
    assert session.verification.solved
    assert session.seconds["verify"] > 0
    other, _ = toy_puzzle(1, noise=0.1)
    noisy = replace(other, solution_sha256=None)
    session = session_of(noisy)
    assert not session.consider(noisy, *other.indices(answer), 1e-3)
    assert session.verification is None


def test_a_cost_that_looks_exact_is_verified_once_and_not_believed():
    puzzle, _ = toy_puzzle(1)
    session = session_of(puzzle)
    ((inp, out),) = arrangements(puzzle, 1)
    assert not session.consider(puzzle, inp, out, 0.0)
    spent = session.seconds["verify"]
    assert spent > 0
    assert not session.consider(puzzle, inp, out, 0.0)
    assert session.seconds["verify"] == spent
    assert not session.stop()


def test_an_exact_arrangement_of_another_hash_is_equivalent_and_ends_it():
    puzzle, answer = toy_puzzle(1)
    renamed = replace(puzzle, solution_sha256="0" * 64)
    session = session_of(renamed)
    assert session.consider(renamed, *puzzle.indices(answer), 1e-13)
    assert session.verification.equivalent
    assert not session.verification.solved


def test_it_goes_on_with_what_an_earlier_run_found_but_with_other_random_numbers():
    puzzle, answer = toy_puzzle(1)
    (one, other) = (puzzle.arrangement(*drawn) for drawn in arrangements(puzzle, 2))
    elites = [Elite(0.1, one), Elite(0.2, other)]
    again, fresh = session_of(puzzle), session_of(puzzle)
    again.go_on(elites, 7)
    fresh.go_on([], 0)
    assert again.elites == elites
    assert again.attempts == 7
    assert list(again.rows(10)) != list(fresh.rows(10))
    kept = []
    keeping = session_of(puzzle, keep=lambda it: kept.append((list(it.elites), it.attempts)))
    keeping.go_on(elites, 7)
    assert kept == [(elites, 7)]
    solved = session_of(puzzle)
    solved.go_on([Elite(0.0, answer), *elites], 7)
    assert solved.over
    assert solved.verification.solved


def test_nothing_is_kept_before_something_is_found():
    puzzle, _ = toy_puzzle(1)
    kept = []
    session = session_of(puzzle, keep=lambda it: kept.append(len(it.elites)))
    session.keep()
    assert kept == []
    for inp, out in arrangements(puzzle, 1):
        session.consider(puzzle, inp, out, 0.3)
    session.keep()
    assert kept == [1, 1]


def test_roles_of_square_layers_come_from_the_arrangement():
    puzzle, answer = toy_puzzle(1, hidden=6)
    swapped = puzzle.with_roles(puzzle.out_pieces.tolist())
    session = session_of(swapped)
    session.go_on([Elite(0.0, answer)], 1)
    assert session.verification.solved


def test_rows_are_different_and_no_more_than_there_are():
    puzzle, _ = toy_puzzle(1, rows=40)
    session = session_of(puzzle)
    assert sorted(session.rows(100)) == list(range(40))
    few = session.rows(10)
    assert len(set(few.tolist())) == 10
    problem = session.problem(puzzle, few)
    np.testing.assert_array_equal(problem.x, puzzle.x[few])
    np.testing.assert_array_equal(problem.pred, puzzle.pred[few])


def test_stages_and_phases_are_timed():
    puzzle, _ = toy_puzzle(1)
    told = []
    session = session_of(puzzle, tell=told.append)
    with session.timed("pair"):
        session.stage("one", 0.5)
    session.stage("two", None)
    assert [(stage.name, stage.mse) for stage in told] == [("one", 0.5), ("two", None)]
    assert 0 <= told[0].seconds <= told[1].seconds
    assert session.stages == told
    assert session.seconds["pair"] > 0


@pytest.mark.parametrize("name", ["quick_rows", "seed_rows", "rows", "elites"])
def test_settings_out_of_range_are_refused(name):
    from permq.errors import OptionError

    with pytest.raises(OptionError, match=name):
        SolveSettings(**{name: 0})
