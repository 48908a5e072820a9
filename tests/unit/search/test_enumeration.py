"""Enumerations: batch by batch, and what a stop leaves."""

import numpy as np
import pytest

from permq.search import enumeration
from permq.search.enumeration import EnumerationState
from permq.search.problem import Problem
from permq.search.zone import Orders
from tests.unit.search.neighbourhood_cases import shuffled, toy

ORDERS = Orders(np.arange(1, 8))


def begun():
    puzzle, inp, out = toy(2)
    problem = Problem.of(puzzle)
    return problem, (inp, out), enumeration.start(problem, *shuffled(inp, out, 3, [1, 4, 6]), 5)


def test_batch_by_batch_it_finds_what_one_go_finds():
    problem, (inp, _), state = begun()
    whole = enumeration.advance(problem, state, ORDERS)
    assert whole.finished
    batches = 0
    while not state.finished:
        state = enumeration.advance(problem, state, ORDERS, 1)
        state = EnumerationState.restore(problem, state.save(), ORDERS)
        batches += 1
    assert batches == 3
    assert state.save() == whole.save()
    assert enumeration.best_of(state, ORDERS).inp.tolist() == inp.tolist()


def test_a_batch_that_the_stop_cuts_short_is_left_out():
    problem, _, state = begun()
    asked = iter([False, False, False])
    cut = enumeration.advance(problem, state, ORDERS, stop=lambda: next(asked, True))
    assert (cut.tried, cut.best, cut.finished) == (0, None, False)
    assert enumeration.best_of(cut, ORDERS) is cut.standing


def test_of_nothing_it_is_over_at_once():
    problem, _, state = begun()
    over = enumeration.advance(problem, state, Orders(np.arange(1)))
    assert over.finished
    assert over.standing.evaluations == 0


@pytest.mark.parametrize("change", [{"tried": 6000}, {"best": 5040}, {"over": 1}, {"limit": -1}])
def test_a_damaged_state_is_refused(change):
    problem, _, state = begun()
    with pytest.raises(ValueError, match=r"end|true|cost"):
        EnumerationState.restore(problem, state.save() | change, ORDERS)
