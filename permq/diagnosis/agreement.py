"""Where several solutions agree, position by position."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices

LOCKED, MIXED = 0.8, 0.5
"""Shares of agreeing solutions from which a position counts as locked, and as mixed.

Of the published run of the real puzzle, positions on which 80 to 100 % agreed were right.
"""
ZONES = ("locked", "mixed", "uncertain")


@dataclass(frozen=True, eq=False)
class Agreement:
    """The most common block of every position.

    Parameters
    ----------
    share
        (L,) share of the solutions that run the most common block there, from 1/S to 1.
    inp, out
        (L,) local indices of that block; the first in the order of the solutions where several
        are equally common. A layer may stand at several positions: this is no arrangement.
    """

    share: Array
    inp: Indices
    out: Indices

    @property
    def zone(self) -> Indices:
        """(L,) zone of every position, a place in `ZONES`."""
        return np.where(self.share >= LOCKED, 0, np.where(self.share >= MIXED, 1, 2)).astype(
            np.intp
        )

    @property
    def locked(self) -> float:
        """Share of the positions that are locked."""
        return float(np.mean(self.zone == 0))

    def uncertain(self, below: float = 1.0) -> Indices:
        """Positions at which less than this share of the solutions agree, (k,) ascending."""
        return np.flatnonzero(self.share < below).astype(np.intp)


def agreement(solutions: Sequence[tuple[Indices, Indices]]) -> Agreement:
    """Agreement of solutions (inp, out), at least one, on the block of every position."""
    inputs = np.stack([inp for inp, _ in solutions])  # (S, L)
    outputs = np.stack([out for _, out in solutions])
    same = (inputs[:, None] == inputs[None]) & (outputs[:, None] == outputs[None])  # (S, S, L)
    votes = same.sum(axis=1)  # (S, L): how many run what solution s runs there
    chosen = votes.argmax(axis=0)
    positions = np.arange(inputs.shape[1])
    return Agreement(
        votes[chosen, positions] / len(solutions),
        inputs[chosen, positions],
        outputs[chosen, positions],
    )
