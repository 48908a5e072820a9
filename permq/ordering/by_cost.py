"""Greedy and beam construction: build the order from the front by the cost so far."""

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.ordering.paired import Paired

_MOST_ROWS = 64  # every step evaluates every block left, for every partial order kept


def greedy_by_cost(blocks: Paired) -> Indices:
    """Next is the block after which the last layer would answer best; see `beam_by_cost`."""
    return beam_by_cost(blocks, width=1)


def beam_by_cost(blocks: Paired, width: int = 5) -> Indices:
    """Build the order from the front, keeping the `width` partial orders of least cost.

    The cost of a partial order is the mean squared error of the last layer applied to its state.
    It is a poor guide while few blocks have run, and fails on most networks.

    Returns
    -------
    (L,) intp
        Input layers in running order.
    """
    rows = slice(0, _MOST_ROWS)
    state, targets = np.ascontiguousarray(blocks.columns[:, rows]), blocks.targets[:, rows]
    beam: list[tuple[list[int], Array]] = [([], state)]
    for _ in range(blocks.blocks):
        grown: list[tuple[float, int, int]] = []
        for parent, (order, state) in enumerate(beam):
            for a in sorted(set(range(blocks.blocks)) - set(order)):
                error = blocks.network.readout @ (state + blocks.change(a, state)) - targets
                grown.append((float(np.mean(error * error)), parent, a))
        grown.sort()
        beam = _distinct(blocks, beam, grown, width)
    return np.array(beam[0][0], np.intp)


def _distinct(
    blocks: Paired,
    beam: list[tuple[list[int], Array]],
    grown: list[tuple[float, int, int]],
    width: int,
) -> list[tuple[list[int], Array]]:
    """The best `width` extensions that hold different sets of blocks."""
    kept: list[tuple[list[int], Array]] = []
    seen: set[frozenset[int]] = set()
    for _, parent, a in grown:
        order, state = beam[parent]
        held = frozenset((*order, a))
        if held not in seen:
            seen.add(held)
            kept.append(([*order, a], state + blocks.change(a, state)))
        if len(kept) == width:
            break
    return kept
