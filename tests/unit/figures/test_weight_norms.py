"""Norms of layers."""

from dataclasses import replace

import numpy as np
import pytest

from permq.figures.weight_norms import WeightNorms, norms
from tests.toys import toy_puzzle


def test_norms_are_those_of_the_definition():
    puzzle, _ = toy_puzzle(0)
    first = np.zeros_like(puzzle.w_in[0])
    first[0, 0], first[1, 1] = 3, 4
    puzzle = replace(puzzle, w_in=np.concatenate([first[None], puzzle.w_in[1:]]))
    frobenius, spectral, bias = norms(puzzle)
    assert (frobenius[0, 0], spectral[0, 0]) == (5, 4)
    for layer, (weights, biases) in enumerate(
        ((puzzle.w_in, puzzle.b_in), (puzzle.w_out, puzzle.b_out))
    ):
        for place in range(5):
            singular = np.linalg.svd(weights[place].astype(float), compute_uv=False)
            assert frobenius[layer, place] == pytest.approx(np.sqrt((singular**2).sum()))
            assert spectral[layer, place] == pytest.approx(singular[0])
            assert bias[layer, place] == pytest.approx(np.sqrt((biases[place] ** 2).sum()))


def test_the_correlation_is_that_of_input_with_output():
    up, flat = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]), np.ones((2, 3))
    assert WeightNorms(up, flat, flat, "", False).correlation == (pytest.approx(1), 0)
    assert WeightNorms(up[:, :1], flat, flat, "", False).correlation == (0, 0)
