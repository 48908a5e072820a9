"""Three-way rotation: three blocks change places in a circle."""

from collections.abc import Sequence, Set

import numpy as np

from permq.core.puzzle import Indices
from permq.search.moves.move import Proposal, pair_within, reordered


class Rotation:
    """Rotate the blocks at three positions.

    Uniform over the outer two positions (at a distance of two at least), then over the one
    between them and the two directions.
    """

    repairs = False

    def propose(
        self,
        inp: Indices,
        out: Indices,
        draws: Sequence[float],
        reach: int,
        free: Indices,
        anchored: Set[int],
    ) -> Proposal | None:
        """Draw a rotation; see `Move.propose`. A reach below 2 counts as 2."""
        if len(free) < 3:
            return None
        # a pair at distance k of one free position less is one at distance k + 1
        i, k = pair_within(draws[0], len(free) - 1, max(reach - 1, 1))
        j = i + 1 + int(draws[1] * (k - i))
        targets = free[np.array((i, j, k + 1))]
        return reordered(inp, out, targets, np.roll(targets, 1 if draws[2] < 0.5 else -1))
