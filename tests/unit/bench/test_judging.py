"""How right an arrangement is, on a network of three blocks."""

import pytest

from permq.bench.collecting import judged_of
from permq.bench.judging import Judgement, judge, pairs_right, verdict
from permq.pool.runs import EndedRow

ANSWER = [0, 1, 2, 3, 4, 5, 6]  # pairs (0,1) (2,3) (4,5), last 6


@pytest.mark.parametrize(
    ("found", "pairs", "positions", "roles", "told"),
    [
        ([0, 1, 2, 3, 4, 5, 6], 3, 3, True, "solved"),
        ([2, 3, 0, 1, 4, 5, 6], 3, 1, True, "order"),
        ([0, 3, 2, 1, 4, 5, 6], 1, 1, True, "pairs"),
        ([1, 0, 2, 3, 4, 5, 6], 2, 2, False, "roles"),
    ],
)
def test_pairs_and_positions_are_counted_and_the_error_named(found, pairs, positions, roles, told):
    judgement = judge(found, ANSWER)
    assert judgement == Judgement(pairs, positions, roles)
    assert verdict(judgement, 3, solved=found == ANSWER, exact=False) == told


def test_the_same_function_by_other_indices_is_equivalent():
    assert verdict(Judgement(3, 1, roles=True), 3, solved=False, exact=True) == "equivalent"


def test_pairs_alone_can_be_right():
    assert pairs_right([[0, 1], [2, 5], [4, 3]], ANSWER) == 1


def ended(**facts):
    row = EndedRow(1, "r", 1, ANSWER, ["done"], None, None, None, None, None, None)
    return judged_of(row._replace(**facts), 0.5)


def test_a_run_that_found_nothing_says_so():
    assert ended()["verdict"] == "nothing"
    assert ended()["solved"] is False


def test_a_run_whose_jobs_failed_is_failed_unless_it_solved():
    assert ended(states=["done", "failed"])["verdict"] == "failed"
    solved = ended(states=["done", "failed"], permutation=ANSWER, cost=1e-14, solved=True)
    assert (solved["state"], solved["verdict"], solved["pairs_right"]) == ("failed", "solved", 3)


def test_a_cancelled_run_is_called_off():
    assert ended(states=["cancelled"])["state"] == "cancelled"


def test_a_run_that_only_pairs_is_judged_by_its_pairs():
    judged = ended(pairs=[[0, 1], [2, 3], [4, 5]])
    assert (judged["verdict"], judged["pairs_right"], judged["positions_right"]) == (
        "order",
        3,
        None,
    )
