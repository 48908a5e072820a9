"""States of a network whose order is unknown: every block acts a little at every depth."""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Puzzle
from permq.pairing.assignment import Costs
from permq.pairing.explained import Hidden
from permq.pairing.rows import units_at


def mean_field_states(puzzle: Puzzle, shares: Costs, x: Array, samples: int = 4) -> list[Array]:
    """States at evenly spaced depths of the flow that all blocks drive together.

    With the pairing uncertain, block i has the expected output layer Σ_j p_ij W_out_j; with the
    order unknown, a stretch of L / samples steps moves the state by that many mean changes.

    Parameters
    ----------
    puzzle
        The puzzle.
    shares
        (L, L) probability of each pair.
    x
        (n, d) inputs.
    samples
        Number of depths; the first is the input.

    Returns
    -------
    list of (n, d)
        `samples` states at depths 0, 1/samples, 2/samples … of the network.
    """
    outward = np.tensordot(shares.astype(np.float32), puzzle.w_out, axes=1)  # (L, d, h)
    offset = shares.sum(axis=0).astype(np.float32) @ puzzle.b_out  # (d,)
    states = [x]
    for _ in range(samples - 1):
        state = states[-1]
        change = np.broadcast_to(offset, state.shape).copy()
        for a in range(puzzle.blocks):
            change += units_at(puzzle, a, state) @ outward[a].T
        states.append(np.asarray(state + change / samples, np.float32))
    return states


def averaged(puzzle: Puzzle, states: list[Array]) -> Hidden:
    """Hidden units of each input layer, averaged over states of several depths."""

    def hidden(a: int) -> Array:
        total = units_at(puzzle, a, states[0])
        for state in states[1:]:
            total += units_at(puzzle, a, state)
        return np.asarray(total / np.float32(len(states)))

    return hidden
