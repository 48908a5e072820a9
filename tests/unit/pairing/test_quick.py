import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from permq.pairing.quick import quick_pairing
from permq.pairing.registry import SCORES
from tests.toys import toy_puzzle


def right(puzzle, answer):
    inp, out = puzzle.indices(answer)
    return out[np.argsort(inp)]


@pytest.mark.parametrize("signal", [0.9, 1.0])
def test_clear_pairs_are_sure(signal):
    puzzle, answer = toy_puzzle(3, blocks=12, width=10, hidden=20, signal=signal)
    quick = quick_pairing(puzzle)
    assert quick.sure
    np.testing.assert_array_equal(quick.pair, right(puzzle, answer))


def test_pairs_with_positive_traces_are_as_sure():
    puzzle, answer = toy_puzzle(3, blocks=12, width=10, hidden=20, signal=0.95)
    turned = replace(puzzle, w_out=-puzzle.w_out)
    quick = quick_pairing(turned)
    assert quick.sure
    np.testing.assert_array_equal(quick.pair, right(puzzle, answer))
    assert quick.costs["trace"][np.arange(12), quick.pair].max() < 0


@pytest.mark.parametrize("seed", range(20))
def test_random_weights_are_never_sure(seed):
    puzzle, _ = toy_puzzle(seed, blocks=2 + seed, signal=0.0)
    assert not quick_pairing(puzzle).sure


def test_one_odd_pair_among_clear_ones_is_noticed():
    puzzle, _ = toy_puzzle(3, blocks=12, width=10, hidden=20, signal=0.95)
    puzzle.w_out[4] = np.random.default_rng(0).normal(size=puzzle.w_out[4].shape)
    assert not quick_pairing(puzzle).sure


def test_the_costs_are_those_of_the_scores():
    puzzle, _ = toy_puzzle(1, signal=0.9)
    quick = quick_pairing(puzzle)
    for name, cost in quick.costs.items():
        expected = SCORES[name.replace("_", "-")].cost(puzzle)
        np.testing.assert_allclose(cost, expected, atol=1e-6)


def test_a_sure_pairing_loads_neither_scipy_nor_the_other_scores():
    script = (
        "import sys, permq.pairing.quick\n"
        "print([m for m in sys.modules if m.startswith('scipy') or m == 'permq.pairing.registry'])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
