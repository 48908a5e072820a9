"""Paired swap: two blocks change places, each keeping its pair."""

from collections.abc import Sequence, Set

from permq.core.puzzle import Indices
from permq.search.moves.move import Proposal, pair_within


class PairedSwap:
    """Exchange the blocks at two positions; uniform over pairs of positions within reach."""

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
        """Draw a swap; see `Move.propose`."""
        if len(free) < 2:
            return None
        i, j = pair_within(draws[0], len(free), reach)
        p, q = int(free[i]), int(free[j])
        new_inp, new_out = inp.copy(), out.copy()
        new_inp[p], new_inp[q] = inp[q], inp[p]
        new_out[p], new_out[q] = out[q], out[p]
        return Proposal(new_inp, new_out, p)
