import numpy as np
import pytest

from permq.errors import OptionError
from permq.pairing.assignment import assign, margins, mutual_best, total
from permq.pairing.registry import SCORES
from permq.pairing.summary import METHODS, cost_of, judge, saved_arrays
from tests.toys import toy_puzzle


def test_a_judgement_says_how_firm_the_assignment_is():
    puzzle, _ = toy_puzzle(2, signal=0.5)
    cost = SCORES["ratio"].cost(puzzle)
    found = judge("ratio", puzzle)
    np.testing.assert_array_equal(found.pair, assign(cost))
    assert found.assignment_cost == pytest.approx(total(cost, found.pair))
    assert found.mean_margin == pytest.approx(margins(cost, found.pair).mean())
    assert found.mutual == mutual_best(cost)[np.arange(5), found.pair].sum()
    assert found.agreement(found.pair) == 5
    assert found.agreement(np.roll(found.pair, 1)) == 0
    assert found.seconds > 0


def test_every_method_has_a_cost():
    puzzle, _ = toy_puzzle(2)
    for method in METHODS:
        assert cost_of(method, puzzle).shape == (5, 5)


def test_an_unknown_method_is_named_with_those_there_are():
    puzzle, _ = toy_puzzle(2)
    with pytest.raises(OptionError, match=r"'magic'.*trace.*ensemble"):
        cost_of("magic", puzzle)


def test_what_is_saved_ends_with_the_last_methods_pairs():
    puzzle, _ = toy_puzzle(2)
    judgements = [judge("trace", puzzle), judge("gram", puzzle)]
    arrays = saved_arrays(puzzle, judgements)
    np.testing.assert_array_equal(arrays["pair"], judgements[1].pair)
    np.testing.assert_array_equal(arrays["trace.cost"], judgements[0].cost)
    np.testing.assert_array_equal(arrays["inp_pieces"], puzzle.inp_pieces)
