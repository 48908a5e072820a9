"""What a move is, and how it draws positions.

A move turns an arrangement into a neighbouring one. Its randomness comes in from outside as a few
numbers in [0, 1), always the same count, so that step *n* of a search draws the same numbers
whatever happened before it.

Moves work on the *free* positions only. Seen from them, locked blocks do not exist: an insertion
shifts the free blocks between two free positions and leaves a locked one between them where it is.
"""

from collections.abc import Sequence, Set
from math import isqrt
from typing import NamedTuple, Protocol

import numpy as np

from permq.core.puzzle import Indices

DRAWS = 4
"""Numbers in [0, 1) that every move is given; it need not use all."""


class Proposal(NamedTuple):
    """A neighbouring arrangement.

    Parameters
    ----------
    inp, out
        (L,) local indices in running order.
    first
        The first position that differs from the arrangement it was made from.
    """

    inp: Indices
    out: Indices
    first: int


class Move(Protocol):
    """One way to change an arrangement."""

    repairs: bool
    """Whether it changes the pairing (it re-pairs); other moves only change the order."""

    def propose(
        self,
        inp: Indices,
        out: Indices,
        draws: Sequence[float],
        reach: int,
        free: Indices,
        anchored: Set[int],
    ) -> Proposal | None:
        """Draw a neighbour.

        Every neighbour is proposed as often as the reverse move from there, so that annealing
        needs no correction.

        Parameters
        ----------
        inp, out
            (L,) local indices in running order; left as they are.
        draws
            `DRAWS` numbers in [0, 1), uniform and independent.
        reach
            Largest distance of two positions involved, counted in positions that the move may
            choose; at least 1.
        free
            Positions that may change, ascending.
        anchored
            Input layers (local indices) whose output layer must stay with them.

        Returns
        -------
        Proposal or None
            None where there is no such neighbour.
        """
        ...


def pair_within(draw: float, count: int, reach: int) -> tuple[int, int]:
    """Draw i < j < count with j - i at most `reach`, uniform over all such pairs.

    Parameters
    ----------
    draw
        Uniform in [0, 1).
    count
        At least 2.
    reach
        At least 1.
    """
    reach = min(reach, count - 1)
    full = (count - reach) * reach  # pairs whose first member has all `reach` partners
    number = int(draw * (full + reach * (reach - 1) // 2))
    if number < full:
        i, distance = divmod(number, reach)
        return i, i + distance + 1
    number -= full  # the rest are the pairs among the last `reach` places
    j = (1 + isqrt(8 * number + 1)) // 2
    return count - reach + number - j * (j - 1) // 2, count - reach + j


def reordered(inp: Indices, out: Indices, targets: Indices, sources: Indices) -> Proposal:
    """Move whole blocks: position `targets[k]` gets the block of position `sources[k]`.

    Parameters
    ----------
    targets, sources
        (k,) the same positions in two orders; the smallest stands first in `targets`.
    """
    new_inp, new_out = inp.copy(), out.copy()
    new_inp[targets] = inp[sources]
    new_out[targets] = out[sources]
    return Proposal(new_inp, new_out, int(targets[0]))


def unanchored(inp: Indices, free: Indices, anchored: Set[int]) -> Indices:
    """Free positions whose pair may be broken, ascending."""
    if not anchored:
        return free
    return np.array([p for p in free.tolist() if int(inp[p]) not in anchored], dtype=np.intp)
