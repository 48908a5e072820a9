"""Attempts by number; that cuts change nothing is tested with the job of that name."""

from dataclasses import replace

from permq.search.solve import SolveSettings
from permq.search.solve.stepwise import SolveState, advance, turn_of
from tests.toys import toy_puzzle


def test_choices_of_roles_take_turns_twice_as_long_every_time():
    turns = [turn_of(number, 3) for number in range(2 + 6 + 4)]
    assert turns == [
        *((0, 0), (0, 1)),
        *((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)),
        *((0, 0), (0, 1), (0, 2), (0, 3)),
    ]


def test_a_step_ends_with_more_elites_and_tells_its_stages():
    puzzle, _ = toy_puzzle(1, blocks=5, noise=0.3)
    puzzle = replace(puzzle, solution_sha256=None)
    told = []
    state = SolveState(SolveSettings(attempts=2), seed=3)
    state = advance(puzzle, state, 2, report=told.append)
    assert (state.steps, state.total, state.finished) == (2, 3, False)
    assert state.elites
    assert state.evaluations > 0
    assert {report.step for report in told} == {0, 1}
    assert [elite.mse for elite in state.elites] == sorted(elite.mse for elite in state.elites)


def test_a_step_that_the_stop_cuts_short_is_left_out():
    puzzle, _ = toy_puzzle(1, blocks=5, noise=0.3)
    state = advance(puzzle, SolveState(SolveSettings(attempts=2), seed=3), 1)
    asked = iter([False] * 3)
    assert advance(puzzle, state, 2, stop=lambda: next(asked, True)) is state
