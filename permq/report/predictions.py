"""Probabilities that are told without the answer, judged where the answer is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from permq.bench.calibration import Quality, quality
from permq.core.network import Array
from permq.diagnosis.posterior import boltzmann_weights, placement
from permq.errors import AnswerError
from permq.pairing.ensemble import probabilities
from permq.report.material import Known, puzzle_of

PAIRS, BARE, PLACES = "pairs, weights and data", "pairs, weights alone", "placement in the pool"
"""The calibrated ensemble's probabilities of pairs, with and without data; the posterior of blocks
by position over the best solutions of the pool."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Probabilities of one source, and what came true.

    Parameters
    ----------
    source, puzzle
        What says them, and of which puzzle.
    said, right
        (n,) each.
    """

    source: str
    puzzle: str
    said: Array
    right: Array

    @property
    def quality(self) -> Quality:
        """How good they are."""
        return quality(self.said, self.right)


def predict(known: Known) -> list[Predictions]:
    """Every probability that can be told of a puzzle."""
    puzzle = puzzle_of(known)
    blocks = puzzle.blocks
    inp, out = puzzle.indices(known.answer)
    paired = np.zeros((blocks, blocks), np.bool_)
    paired[inp, out] = True
    found = [
        _of(PAIRS, known.name, probabilities(puzzle), paired),
        _of(BARE, known.name, probabilities(puzzle, data=False), paired),
    ]
    orders, costs = [], []
    for cost, arrangement in known.found:
        try:
            orders.append(puzzle.indices(arrangement)[0])
        except AnswerError:  # takes input for output layers
            continue
        costs.append(cost)
    if len(orders) > 1:
        placed = np.zeros((blocks, blocks), np.bool_)
        placed[inp, np.arange(blocks)] = True
        share = placement(np.stack(orders), boltzmann_weights(np.array(costs)))
        found.append(_of(PLACES, known.name, share, placed))
    return found


def pooled(predictions: Sequence[Predictions]) -> dict[str, Quality]:
    """Quality of each source over all puzzles."""
    found = {}
    for source in dict.fromkeys(one.source for one in predictions):
        own = [one for one in predictions if one.source == source]
        found[source] = quality(
            np.concatenate([one.said for one in own]), np.concatenate([one.right for one in own])
        )
    return found


def _of(source: str, puzzle: str, shares: Array, right: Array) -> Predictions:
    # sums of weights may exceed one by rounding
    return Predictions(source, puzzle, np.clip(shares.ravel(), 0.0, 1.0), right.ravel())
