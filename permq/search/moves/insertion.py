"""Insertion: one block moves elsewhere, those between shift by one."""

from collections.abc import Sequence, Set

import numpy as np

from permq.core.puzzle import Indices
from permq.search.moves.move import Proposal, pair_within, reordered


class Insertion:
    """Take a block out and put it in elsewhere; uniform over pairs of positions and directions."""

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
        """Draw an insertion; see `Move.propose`."""
        if len(free) < 2:
            return None
        i, j = pair_within(draws[0], len(free), reach)
        window = free[i : j + 1]
        if draws[1] < 0.5:  # the first block moves to the end
            sources = np.concatenate((window[1:], window[:1]))
        else:
            sources = np.concatenate((window[-1:], window[:-1]))
        return reordered(inp, out, window, sources)
