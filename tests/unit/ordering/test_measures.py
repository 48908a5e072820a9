from collections.abc import Callable

import numpy as np
import pytest

from permq.core.network import Array
from permq.ordering.measures.changes import change_norm, change_spread
from permq.ordering.measures.jacobian import (
    jacobian_norm,
    mean_jacobians,
    spectral_radius,
    trace,
)
from permq.ordering.measures.last_alignment import last_alignment
from permq.ordering.measures.weights import input_norm, output_norm, output_sum
from permq.ordering.paired import Paired
from tests.toys import PLAIN_ACTIVATIONS, toy_puzzle


def changes(puzzle, a, o) -> np.ndarray:
    hidden = PLAIN_ACTIVATIONS[puzzle.activation](
        puzzle.x.astype(np.float64) @ puzzle.w_in[a].T + puzzle.b_in[a]
    )
    return hidden @ puzzle.w_out[o].T + puzzle.b_out[o]


def jacobians(puzzle, a, o) -> np.ndarray:
    """(n, d, d) by central differences."""
    step = 1e-5
    columns = []
    for k in range(puzzle.width):
        moved = puzzle.x.astype(np.float64)
        there = []
        for sign in (1, -1):
            x = moved.copy()
            x[:, k] += sign * step
            hidden = PLAIN_ACTIVATIONS[puzzle.activation](x @ puzzle.w_in[a].T + puzzle.b_in[a])
            there.append(hidden @ puzzle.w_out[o].T)
        columns.append((there[0] - there[1]) / (2 * step))
    return np.stack(columns, axis=2)


SLOW: list[tuple[Callable[[Paired], Array], Callable]] = [
    (output_sum, lambda p, a, o: np.abs(p.w_out[o]).sum()),
    (output_norm, lambda p, a, o: np.linalg.norm(p.w_out[o])),
    (input_norm, lambda p, a, o: np.linalg.norm(p.w_in[a])),
    (
        last_alignment,
        lambda p, a, o: np.linalg.norm(p.w_last @ p.w_out[o]) / np.linalg.norm(p.w_out[o]),
    ),
    (trace, lambda p, a, o: np.trace(p.w_out[o] @ p.w_in[a])),
    (change_norm, lambda p, a, o: np.linalg.norm(changes(p, a, o), axis=1).mean()),
    (change_spread, lambda p, a, o: np.sqrt(changes(p, a, o).var(axis=0).sum())),
    (
        jacobian_norm,
        lambda p, a, o: np.sqrt(np.square(jacobians(p, a, o)).sum(axis=(1, 2)).mean()),
    ),
    (
        spectral_radius,
        lambda p, a, o: np.abs(np.linalg.eigvals(jacobians(p, a, o).mean(axis=0))).max(),
    ),
]


@pytest.mark.parametrize("activation", ["relu", "silu"])
@pytest.mark.parametrize(("measure", "slow"), SLOW, ids=lambda value: value.__name__)
def test_a_measure_is_its_definition_for_every_block(measure, slow, activation) -> None:
    puzzle, _ = toy_puzzle(0, blocks=4, outputs=2, activation=activation, rows=30)
    pair = np.array([2, 0, 3, 1])
    expected = [slow(puzzle, a, o) for a, o in enumerate(pair)]
    found = measure(Paired.of(puzzle, pair))
    assert found.shape == (4,)
    np.testing.assert_allclose(found, expected, rtol=2e-3)


def test_mean_jacobians_are_averages_over_rows() -> None:
    puzzle, _ = toy_puzzle(1, activation="tanh", rows=20)
    found = mean_jacobians(Paired.of(puzzle, np.arange(5)))
    np.testing.assert_allclose(found[3], jacobians(puzzle, 3, 3).mean(axis=0), atol=1e-3)


def test_output_layers_of_zeros_have_no_alignment_and_no_warning() -> None:
    puzzle, _ = toy_puzzle(2)
    puzzle.w_out[1] = 0
    assert last_alignment(Paired.of(puzzle, np.arange(5)))[1] == 0
