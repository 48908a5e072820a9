"""Numbers of the figures of the history, against cases by hand."""

from datetime import UTC, datetime, timedelta
from math import log

import numpy as np
import pytest

from permq.core.arrangement import Arrangement
from permq.figures import emergence, layer_drift, representation
from permq.figures.animation import placement_of
from permq.figures.calibration import judge
from permq.figures.error_localization import PAIRED, RIGHT, WRONG, right_since, states_of
from permq.figures.past import ages, shares_of
from permq.figures.probability_trajectory import trajectory
from permq.figures.radar import by_method, by_regime, by_snapshot, relative, skill
from permq.figures.roc import curve
from permq.history.embedding import States
from permq.history.snapshot import LEAST_SHARE, snapshot
from permq.pool.history import SnapshotRow
from permq.pool.runs import RunRow
from permq.pool.solutions import SolutionRow

# two blocks (0, 1) and (2, 3), a last layer 4
ANSWER = Arrangement((0, 2), (1, 3), 4)
STRAIGHT, TURNED, CROSSED = (0, 1, 2, 3, 4), (2, 3, 0, 1, 4), (0, 3, 2, 1, 4)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def row(number, *permutations, costs=None, before=None):
    """A snapshot of a pool of these answers, as the pool would give it back."""
    taken, placement = snapshot(
        permutations,
        costs or [1.0] * len(permutations),
        permutations,
        methods={"anneal": 1},
        nodes={"one": 1},
        acceptance={},
        speed=10.0 * (number + 1),
        probe={},
        before=before.numbers if before else None,
    )
    return SnapshotRow(
        id=number,
        job_id=None,
        at=BEGIN + timedelta(seconds=10 * number),
        event="timer",
        solutions=len(permutations),
        best_id=1,
        permutation=permutations[0],
        solved=False,
        method="anneal",
        node=None,
        parent_id=None,
        best_cost=1.0,
        median_cost=1.0,
        numbers=taken.numbers(),
        placement=placement,
    )


def solution(number, permutation, method="anneal"):
    return SolutionRow(
        number, 1, "", permutation, 1.0, False, None, False, method, None, None, None, BEGIN
    )


def test_shares_of_the_answer():
    assert shares_of(row(0, STRAIGHT, CROSSED), ANSWER).tolist() == [0.5, 0.5]
    assert shares_of(row(0, TURNED), ANSWER).tolist() == [0, 0]
    assert ages([row(0, STRAIGHT), row(3, STRAIGHT)]).tolist() == [0, 30]


def test_a_trajectory_by_hand():
    rows = [row(0, TURNED), row(1, STRAIGHT, CROSSED, TURNED), row(2, STRAIGHT, STRAIGHT)]
    found = trajectory(rows, ANSWER, "right")
    np.testing.assert_allclose(
        found.log_probability, [[log(LEAST_SHARE)] * 2, [log(1 / 3)] * 2, [0, 0]], atol=1e-4
    )
    assert found.overconfident.tolist() == [[True, True], [False, False], [False, False]]
    assert found.settled.tolist() == [2, 2]
    assert trajectory(rows[:2], ANSWER, "right").settled.tolist() == [2, 2]  # never


def test_unsure_positions_whose_first_block_is_right_are_underconfident():
    three = row(0, STRAIGHT, STRAIGHT, CROSSED, TURNED)
    found = trajectory([three, three], ANSWER, "right")
    assert found.underconfident.tolist() == [[True, True], [True, True]]


def test_states_by_hand():
    answers = [Arrangement.of(one) for one in (CROSSED, TURNED, STRAIGHT)]
    state = states_of(answers, ANSWER)
    assert state.tolist() == [[WRONG, WRONG], [PAIRED, PAIRED], [RIGHT, RIGHT]]
    assert right_since(state).tolist() == [2, 2]
    assert right_since(np.array([[RIGHT, RIGHT], [RIGHT, WRONG]])).tolist() == [0, 2]


def test_skills_by_hand():
    assert skill(ANSWER, ANSWER) == (1, 1)
    assert skill(Arrangement.of(TURNED), ANSWER) == (1, 0)
    assert skill(Arrangement.of(CROSSED), ANSWER) == (0, 1)
    assert skill(Arrangement.of((1, 0, 3, 2, 4)), ANSWER) == (0, 0)  # other roles
    assert relative([2.0, 4.0, 0.0])[:2] == [0.5, 1.0]
    assert np.isnan(relative([0.0])).all()


def test_webs_by_hand():
    web = by_snapshot([row(0, TURNED), row(1, STRAIGHT)], ANSWER, 20.0)
    assert web.values.tolist() == [[1, 0, 1, 0.5], [1, 1, 1, 1]]
    rows = [solution(1, STRAIGHT), solution(2, STRAIGHT), solution(3, CROSSED, "swap")]
    web = by_method(rows, ANSWER, {"anneal": 5.0})
    assert web.names == ("anneal (2)", "swap (1)")
    assert web.values[0].tolist() == [1, 1, 1, 1]
    assert web.values[1, :2].tolist() == [0, 1]
    assert np.isnan(web.values[1, 2:]).all()


def run(solver, regime, solved):
    values = dict.fromkeys(RunRow._fields) | {"solver": solver, "regime": regime, "solved": solved}
    return RunRow(**values)


def test_success_by_regime():
    runs = [run("a", name, name == "x") for name in ("x", "y", "z")]
    runs += [run("b", "x", False), run("b", "x", True), run("b", "y", None)]
    web = by_regime(runs)
    assert (web.axes, web.names) == (("x", "y", "z"), ("a", "b"))
    assert web.values[0].tolist() == [1, 0, 0]
    assert web.values[1, 0] == 0.5
    assert np.isnan(web.values[1, 1:]).all()
    assert by_regime(runs[:2]) is None


def test_judged_by_hand():
    shares = np.array([[0.9, 0.1], [0.1, 0.9]])
    found = judge("pairs", shares, np.array([0, 1]))
    assert found.brier == pytest.approx(0.01)
    assert found.error == pytest.approx(0.1)
    assert found.counts.sum() == 4


def test_a_curve_by_hand():
    cost = np.array([[1.0, 2.0], [4.0, 3.0]])
    found = curve("x", cost, np.array([0, 1]))  # right 1 and 3, wrong 2 and 4
    assert found.wrong.tolist() == [0, 0, 0.5, 0.5, 1]
    assert found.right.tolist() == [0, 0.5, 0.5, 1, 1]
    assert found.area == 0.75
    area = np.trapezoid(found.right, found.wrong)
    assert area == pytest.approx(found.area)


def test_ties_are_a_straight_line():
    found = curve("x", np.ones((3, 3)), np.array([2, 0, 1]))
    assert found.wrong.tolist() == found.right.tolist() == [0, 1]
    assert found.area == 0.5


def test_the_area_is_that_of_the_curve():
    rng = np.random.default_rng(0)
    cost = rng.integers(0, 9, (6, 6)).astype(float)
    found = curve("x", cost, rng.permutation(6))
    assert np.trapezoid(found.right, found.wrong) == pytest.approx(found.area)


def test_emergence_in_the_pool():
    found = emergence.of_pool([row(0, CROSSED), row(1, STRAIGHT)], ANSWER, "right")
    assert found.auc.tolist() == [[0, 1], [1, 1]]
    assert found.right.tolist() == [[0, 1], [1, 1]]
    assert found.emerged.tolist() == [10, 0]
    assert np.isnan(emergence.of_pool([row(0, CROSSED)], ANSWER, "right").emerged[0])


def test_drift_of_the_placement():
    rows = [row(0, STRAIGHT), row(1, STRAIGHT, TURNED), row(2, TURNED)]
    found = layer_drift.of_pool(rows)
    assert found.change.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert found.diversity.tolist() == [1, 0]
    assert np.isnan(found.geometry).all()


def test_representations_of_the_pool():
    rng = np.random.default_rng(0)
    states = rng.standard_normal((2, 10, 3)).astype(np.float32)
    strata = np.repeat(np.arange(5), 2)
    one = States(np.array([0, 2]), strata, states)
    found = representation.of_pool([one, one], ["a", "b"])
    np.testing.assert_allclose(found.similarity, 1)
    assert found.points.shape == (2, 10, 2)
    np.testing.assert_allclose(found.points[0], found.points[1])


def test_placement_of_a_snapshot():
    found = placement_of(row(0, STRAIGHT, TURNED), ANSWER.inputs, "right")
    assert found.share.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    np.testing.assert_allclose(found.entropy, log(2), rtol=1e-6)
    assert found.count == 2
