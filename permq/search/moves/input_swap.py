"""Input swap: two blocks exchange their input layers, which re-pairs both."""

from collections.abc import Sequence, Set

from permq.core.puzzle import Indices
from permq.search.moves.move import Proposal, pair_within, unanchored


class InputSwap:
    """Exchange the input layers of two blocks and leave their output layers where they are.

    Uniform over pairs of positions within reach, counted in positions that are free and whose
    pair is not anchored.
    """

    repairs = True

    def propose(
        self,
        inp: Indices,
        out: Indices,
        draws: Sequence[float],
        reach: int,
        free: Indices,
        anchored: Set[int],
    ) -> Proposal | None:
        """Draw a re-pairing; see `Move.propose`."""
        loose = unanchored(inp, free, anchored)
        if len(loose) < 2:
            return None
        i, j = pair_within(draws[0], len(loose), reach)
        p, q = int(loose[i]), int(loose[j])
        new = inp.copy()
        new[p], new[q] = inp[q], inp[p]
        return Proposal(new, out, p)
