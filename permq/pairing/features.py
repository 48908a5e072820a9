"""What the ensemble looks at: scores turned to "higher is better" and made comparable.

The first look needs no belief about the pairing. The second uses one: the mean-field states it
implies, and the common relation between the two layers' moved weights that it shows.
"""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.excess import excess_in, excess_out
from permq.pairing.explained import explained, missing_answer, row_budget
from permq.pairing.mean_field import averaged, mean_field_states
from permq.pairing.normalise import contrast
from permq.pairing.products import contract
from permq.pairing.registry import SCORES
from permq.pairing.rows import spaced_rows

WEIGHT_SCORES = (
    "trace",
    "ratio",
    "gram",
    "norm-rank-correlation",
    "bias-correlation",
    "excess",
    "excess-90",
    "excess-80",
    "excess-readout",
    "excess-trace",
    "excess-level",
)
AT_INPUTS = (100.0, 10.0, 1.0, 0.3)
AT_FLOW = (10.0, 3.0, 1.0, 0.3, 0.1)
FIRST = (*WEIGHT_SCORES, *(f"explained-{level:g}" for level in AT_INPUTS))
COMMON_SHARES = (0.8, 0.0)
COMMON = tuple(f"common-{100 * share:g}" for share in COMMON_SHARES)
BARE = (*WEIGHT_SCORES, *COMMON)
SECOND = (*FIRST, *(f"flow-{level:g}" for level in AT_FLOW), *COMMON)

_LOWEST, _HIGHEST = -4.0, 6.0  # beyond that a value says nothing more


def weight_look(puzzle: Puzzle) -> Array:
    """(F, L, L) contrasts of `WEIGHT_SCORES`, which need no data, higher is better."""
    return comparable([-SCORES[name].cost(puzzle) for name in WEIGHT_SCORES])


def second_weight_look(puzzle: Puzzle, first: Array, belief: Costs) -> Array:
    """(F + 2, L, L) contrasts of the features `BARE`, given probabilities (L, L) of the pairs."""
    return np.concatenate([first, comparable(_common_directions(puzzle, belief))])


def first_look(puzzle: Puzzle) -> Array:
    """(F, L, L) contrasts of the features `FIRST`, higher is better."""
    rows = spaced_rows(puzzle, row_budget(puzzle))
    hidden = averaged(puzzle, [puzzle.x[rows]])
    values = explained(puzzle, hidden, missing_answer(puzzle, rows), AT_INPUTS)
    return np.concatenate([weight_look(puzzle), comparable(values)])


def second_look(puzzle: Puzzle, first: Array, belief: Costs) -> Array:
    """(G, L, L) contrasts of the features `SECOND`, given probabilities (L, L) of the pairs."""
    rows = spaced_rows(puzzle, row_budget(puzzle))
    states = mean_field_states(puzzle, belief, puzzle.x[rows])
    values = explained(puzzle, averaged(puzzle, states), missing_answer(puzzle, rows), AT_FLOW)
    values += _common_directions(puzzle, belief)
    return np.concatenate([first, comparable(values)])


def comparable(values: list[Costs]) -> Array:
    """(F, L, L) clipped contrasts of F matrices of values."""
    return np.stack([np.clip(contrast(value), _LOWEST, _HIGHEST) for value in values])


def _common_directions(puzzle: Puzzle, belief: Costs) -> list[Costs]:
    return [common_direction(puzzle, belief, share) for share in COMMON_SHARES]


def common_direction(puzzle: Puzzle, belief: Costs, share: float) -> Costs:
    """How well a pair follows the linear relation of moved weights seen in the other pairs.

    With z and y the excess of a hidden unit's incoming and outgoing weights, T = Σ_ij p_ij Σ_k
    z_ik y_jkᵀ is the relation over believed pairs (its part by chance taken off), and the score is
    Σ_k z_ikᵀ T y_jk, with the contribution of layer i itself left out of T.

    Parameters
    ----------
    puzzle
        The puzzle.
    belief
        (L, L) probability of each pair.
    share
        Where excess begins, in units of the bulk's edge; 0 takes the weights as they are.

    Returns
    -------
    (L, L) float64
        Higher is better.
    """
    inward = np.ascontiguousarray(excess_in(puzzle, share)[:, :, :-1], np.float32)
    outward = np.ascontiguousarray(excess_out(puzzle, share), np.float32)
    expected = np.tensordot(belief - belief.mean(), outward, axes=1).astype(np.float32)
    own = np.matmul(inward.transpose(0, 2, 1), expected)  # (L, d, d)
    others = own.sum(axis=0) - own
    return contract(np.matmul(inward, others), outward)
