"""Rows in the order that decides soonest."""

import numpy as np
import pytest

from permq.search.decisive_rows import decisive_rows, row_chunks
from permq.search.problem import Problem
from tests.unit.search.neighbourhood_cases import toy


@pytest.mark.parametrize("rows", [1, 3, 4, 7, 8, 100, 1000, 5000])
def test_chunks_cover_all_rows_and_begin_small(rows):
    sizes = row_chunks(rows, 4)
    assert sum(sizes) == rows
    assert min(sizes) >= min(rows, 4)
    assert sizes[0] <= 7


def test_decisive_rows_are_a_permutation_of_the_rows():
    puzzle, inp, out = toy(0, rows=57)
    rows = decisive_rows(Problem.of(puzzle), inp, out, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(rows), np.arange(57))
