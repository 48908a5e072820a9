"""`solve` as a job: cut between attempts, found by the short way, left and taken up again."""

from dataclasses import replace

import pytest

from permq.jobs.kinds import KINDS
from permq.jobs.task import Task
from tests.toys import toy_puzzle

SOLVE = KINDS["solve"]


def solved(puzzle, words=(), every=0, leave_at=0):
    """Result of a solve that is cut at every so many questions, and what it found."""
    asked, found, slices = [0], [], 0

    def stop():
        asked[0] += 1
        return bool(every) and asked[0] >= every

    def leave():
        return slices in range(leave_at)

    task = Task(
        puzzle,
        SOLVE.read(words),
        7,
        stop=lambda: stop() or leave(),
        leave=leave,
        found=lambda arrangement, method: found.append(arrangement),
    )
    state = SOLVE.begin(task)
    while not SOLVE.advance(task, state):
        state = SOLVE.load(task, SOLVE.dump(task, state))
        asked[0], slices = 0, slices + 1
        assert slices < 200, "no progress"
    return SOLVE.result(task, state), found, slices


@pytest.fixture
def unsolvable():
    """Noise and no known hash: nothing can ever say solved."""
    puzzle, _ = toy_puzzle(1, blocks=5, noise=0.3)
    return replace(puzzle, solution_sha256=None)


@pytest.mark.parametrize("every", [1, 30, 400])
def test_cut_anywhere_the_elites_are_those_of_one_go(unsolvable, every):
    words = ["attempts=5", "rows=30"]
    whole, found, _ = solved(unsolvable, words)
    assert (whole["solved"], whole["steps"]) == (False, 6)
    assert found[-1].text == whole["answer"]
    cut, _, slices = solved(unsolvable, words, every)
    assert cut == whole
    assert slices > 0


@pytest.mark.parametrize("shape", [{"signal": 0.8}, {"signal": 0.0}, {"width": 6, "hidden": 6}])
def test_toys_are_solved_by_any_cuts(shape):
    puzzle, answer = toy_puzzle(3, blocks=4, **shape)
    whole, found, _ = solved(puzzle, ["attempts=60"])
    assert whole["solved"]
    assert whole["answer"] == answer.text == found[-1].text
    assert solved(puzzle, ["attempts=60"], every=50)[0] == whole


def test_it_is_left_at_once_when_asked_and_goes_on_later(unsolvable):
    words = ["attempts=3", "rows=30"]
    result, _, slices = solved(unsolvable, words, leave_at=3)
    assert slices == 3
    assert result == solved(unsolvable, words)[0]


def test_an_unfinished_solve_says_so(unsolvable):
    task = Task(unsolvable, SOLVE.read([]), 7)
    assert SOLVE.result(task, SOLVE.begin(task)) == {
        "solved": False,
        "answer": None,
        "mse": None,
        "steps": 0,
        "evaluations": 0,
    }


def test_what_is_handed_down_is_the_first_elite(unsolvable):
    start = unsolvable.arrangement(range(5), range(5))
    state = SOLVE.begin(Task(unsolvable, SOLVE.read([]), 7, start=start, source="parent"))
    (elite,) = state.state.elites
    assert elite.arrangement == start
    assert elite.mse > 0


def test_where_the_time_is_over_an_attempt_counts_as_far_as_it_came(unsolvable):
    asked, found = [0], []

    def over():
        asked[0] += 1
        return asked[0] > 12  # within the first attempt

    task = Task(
        unsolvable,
        SOLVE.read(["rows=30"]),
        7,
        stop=over,
        leave=over,
        found=lambda arrangement, method: found.append(arrangement),
    )
    state = SOLVE.begin(task)
    assert not SOLVE.advance(task, state)
    assert state.state.steps == 1
    result = SOLVE.result(task, state)
    assert result["answer"] == found[-1].text
    assert result["mse"] > 0
    # it is no part of what goes on
    again = SOLVE.load(task, SOLVE.dump(task, state))
    assert again.cut is None
    assert again.state.steps == 1
