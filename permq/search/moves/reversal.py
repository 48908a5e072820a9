"""Segment reversal: a stretch of blocks runs backwards."""

from collections.abc import Sequence, Set

from permq.core.puzzle import Indices
from permq.search.moves.move import Proposal, pair_within, reordered


class Reversal:
    """Reverse the blocks from one position to another; uniform over pairs of end positions."""

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
        """Draw a reversal; see `Move.propose`."""
        if len(free) < 2:
            return None
        i, j = pair_within(draws[0], len(free), reach)
        window = free[i : j + 1]
        return reordered(inp, out, window, window[::-1])
