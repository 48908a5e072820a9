import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from permq.pairing.assignment import assign, margins, mutual_best, total


def costs(size: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(size, size))


@given(st.integers(1, 9), st.integers(0, 10_000))
def test_no_assignment_costs_less(size, seed):
    cost = costs(size, seed)
    pair = assign(cost)
    assert sorted(pair.tolist()) == list(range(size))
    assert total(cost, pair) == pytest.approx(cost[linear_sum_assignment(cost)].sum())


def test_row_minima_that_form_a_permutation_need_no_scipy():
    lines = (
        "import sys, numpy as np",
        "from permq.pairing.assignment import assign",
        "print(assign(1 - np.eye(4)[[2, 0, 3, 1]]).tolist(), 'scipy' in sys.modules)",
    )
    script = "; ".join(lines)
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[0] == "[2, 0, 3, 1] False"


@settings(deadline=None)
@given(st.integers(2, 8), st.integers(0, 10_000))
def test_a_margin_is_what_forbidding_the_pair_costs(size, seed):
    cost = costs(size, seed)
    pair = assign(cost)
    expected = []
    for a in range(size):
        forbidden = cost.copy()
        forbidden[a, pair[a]] = 1e3
        expected.append(forbidden[linear_sum_assignment(forbidden)].sum() - total(cost, pair))
    np.testing.assert_allclose(margins(cost, pair), expected, atol=1e-9)


def test_margins_of_a_large_matrix_are_those_of_solving_it_again():
    cost = costs(192, 1)
    pair = assign(cost)
    found = margins(cost, pair)
    for a in (0, 17, 191):
        forbidden = cost.copy()
        forbidden[a, pair[a]] = 1e3
        best = forbidden[linear_sum_assignment(forbidden)].sum()
        assert found[a] == pytest.approx(best - total(cost, pair))


def test_a_tie_has_no_margin():
    cost = np.zeros((3, 3))
    assert margins(cost, assign(cost)).tolist() == [0, 0, 0]


def test_a_single_pair_has_no_alternative():
    cost = np.array([[2.0]])
    assert assign(cost).tolist() == [0]
    assert margins(cost, assign(cost)).tolist() == [np.inf]


def test_mutual_best_entries_are_least_in_row_and_column():
    cost = np.array([[1.0, 2.0, 9.0], [0.0, 3.0, 9.0], [5.0, 5.0, 4.0]])
    expected = np.zeros((3, 3), bool)
    expected[1, 0] = expected[2, 2] = True
    np.testing.assert_array_equal(mutual_best(cost), expected)
