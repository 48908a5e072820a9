import numpy as np
import pytest

from permq.core.arrangement import kendall_tau, pairs_right
from permq.ordering.depth import DepthSettings
from permq.search.homotopy import HomotopySettings, homotopy
from permq.search.problem import Problem
from tests.toys import toy_puzzle

SETTINGS = HomotopySettings(depth=DepthSettings(steps=20, widest=0.5, narrowest=1.0))


def answered(seed, **shape):
    puzzle, answer = toy_puzzle(
        seed, **{"blocks": 8, "width": 10, "hidden": 16, "rows": 1500, **shape}
    )
    return puzzle, answer, Problem.of(puzzle)


# the weights of a toy are drawn independently: no score of the weights knows its pairs
@pytest.mark.parametrize(
    ("seed", "shape"),
    [(0, {}), (1, {"activation": "gelu"}), (2, {"outputs": 3}), (3, {"width": 12, "hidden": 12})],
)
def test_pairs_and_order_are_found_from_the_answers_alone(seed, shape) -> None:
    puzzle, answer, problem = answered(seed, **shape)
    found = homotopy(problem, SETTINGS, np.random.default_rng(0))
    arrangement = puzzle.arrangement(found.inp, found.out)
    assert pairs_right(arrangement, answer) == 8
    assert kendall_tau(arrangement, answer) > 0.6
    assert found.mse == pytest.approx(problem.cost(found.inp, found.out), rel=1e-6)


def test_a_prior_that_is_sure_is_held() -> None:
    puzzle, answer, problem = answered(4)
    inp, out = puzzle.indices(answer)
    prior = np.full((8, 8), -50.0)
    prior[inp, out] = 0
    found = homotopy(problem, SETTINGS, np.random.default_rng(0), prior=prior)
    assert pairs_right(puzzle.arrangement(found.inp, found.out), answer) == 8
    assert set(np.unique(found.likely)) == {0.0, 1.0}


def test_shares_stay_doubly_stochastic_and_depths_ranked() -> None:
    _, _, problem = answered(5, rows=200)
    few = HomotopySettings(rows=100, depth=DepthSettings(steps=2))
    found = homotopy(problem, few, np.random.default_rng(0))
    np.testing.assert_allclose(found.likely.sum(axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(found.likely.sum(axis=1), 1, atol=1e-3)
    assert sorted(found.inp.tolist()) == sorted(found.out.tolist()) == list(range(8))
    assert (np.diff(found.depth[found.inp]) > 0).all()
    assert found.regressions == 3


def test_the_same_generator_gives_the_same_result() -> None:
    _, _, problem = answered(6, rows=300)
    few = HomotopySettings(rows=150, depth=DepthSettings(steps=3))
    one, two = (homotopy(problem, few, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one.likely, two.likely)
    np.testing.assert_array_equal(one.inp, two.inp)


def test_it_stops_when_asked_and_still_gives_an_arrangement() -> None:
    _, _, problem = answered(7, rows=100)
    told = []
    found = homotopy(
        problem,
        SETTINGS,
        np.random.default_rng(0),
        report=told.append,
        stop=lambda: len(told) >= 2,
    )
    assert found.regressions == len(told) == 2
    assert sorted(found.out.tolist()) == list(range(8))


@pytest.mark.parametrize("blocks", [1, 2])
def test_few_blocks_are_no_special_case(blocks) -> None:
    _, _, problem = answered(8, blocks=blocks, rows=200)
    found = homotopy(problem, SETTINGS, np.random.default_rng(0))
    assert sorted(found.inp.tolist()) == list(range(blocks))
