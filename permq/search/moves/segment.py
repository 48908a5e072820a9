"""Segment move: a stretch of blocks changes places with the stretch beside it."""

from collections.abc import Sequence, Set

import numpy as np

from permq.core.puzzle import Indices
from permq.search.moves.move import Proposal, pair_within, reordered


class SegmentMove:
    """Move a segment: the window between two positions is cut once and its parts change places.

    Uniform over windows, then over the cuts of the window.
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
        """Draw a segment move; see `Move.propose`."""
        if len(free) < 2:
            return None
        i, j = pair_within(draws[0], len(free), reach)
        window = free[i : j + 1]
        cut = 1 + int(draws[1] * (j - i))
        return reordered(inp, out, window, np.concatenate((window[cut:], window[:cut])))
