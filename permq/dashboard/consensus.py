"""Agreement and placement: what the best solutions say of every position."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from permq.diagnosis.agreement import LOCKED, MIXED, ZONES, agreement
from permq.diagnosis.posterior import boltzmann_weights, entropy, placement
from permq.pool import solutions
from permq.pool.connection import Cursor
from permq.pool.solutions import SolutionRow

SOLUTIONS = 100
LEAST_SHARE = 0.001
"""Shares of placement below it would not be seen."""


def consensus(cursor: Cursor, puzzle_id: int) -> dict[str, Any] | None:
    """Compare the best solutions of a puzzle; None where there is none."""
    rows = solutions.top(cursor, puzzle_id, SOLUTIONS)
    return compared(rows) if rows else None


def compared(rows: Sequence[SolutionRow]) -> dict[str, Any]:
    """Agreement and posterior of placement of solutions, the best one first.

    Returns
    -------
    dict
        `share` (L,) of the most common block of every position, and its `zone` with the `bounds`
        from which it is locked and mixed; `layers` (L,) input layers in
        the best solution's order; `placement` entries [position, place in `layers`, weight], so
        that the diagonal is what the best one says; `entropy` (L,) in nats per position.
    """
    inputs = np.array([row.permutation[0:-1:2] for row in rows], np.intp)  # (S, L)
    outputs = np.array([row.permutation[1:-1:2] for row in rows], np.intp)  # (S, L)
    agreed = agreement(list(zip(inputs, outputs, strict=True)))
    pieces = np.unique(inputs)  # of square layers any may be an input somewhere
    weights = boltzmann_weights(np.array([row.cost for row in rows]))
    blocks = inputs.shape[1]
    share = np.zeros((len(pieces), blocks))
    if len(pieces) == blocks:
        share = placement(np.searchsorted(pieces, inputs), weights)
    else:
        for order, weight in zip(np.searchsorted(pieces, inputs), weights, strict=True):
            share[order, np.arange(blocks)] += weight
    best = share[np.searchsorted(pieces, inputs[0])]  # rows in the best solution's order
    places, positions = np.nonzero(best >= LEAST_SHARE)
    return {
        "solutions": len(rows),
        "share": agreed.share,
        "zone": [ZONES[zone] for zone in agreed.zone],
        "bounds": [LOCKED, MIXED],
        "inp": agreed.inp,
        "out": agreed.out,
        "layers": inputs[0],
        "placement": [
            [int(position), int(place), round(float(best[place, position]), 4)]
            for place, position in zip(places, positions, strict=True)
        ],
        "entropy": entropy(share),
    }
