"""Moves as data: what each does to an arrangement, and what it is predicted to do to the answer."""

from dataclasses import dataclass

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.search.adjoint.effects import Effects

SWAP, INSERT, SWAP_OUTPUTS, SWAP_INPUTS = range(4)
KINDS = ("swap", "insertion", "output swap", "input swap")


@dataclass(frozen=True, eq=False)
class Candidates:
    """Moves around one arrangement with their predicted effect.

    Parameters
    ----------
    kind
        (c,) one of SWAP, INSERT, SWAP_OUTPUTS, SWAP_INPUTS.
    source, target
        (c,) the two positions; an insertion takes the block at `source` to the place of `target`.
    change
        (c, k) predicted change of the answer, outputs times rows.
    """

    kind: Indices
    source: Indices
    target: Indices
    change: Array

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, chosen: Array) -> "Candidates":
        """Some of the moves."""
        return Candidates(
            self.kind[chosen], self.source[chosen], self.target[chosen], self.change[chosen]
        )

    @property
    def first(self) -> Indices:
        """(c,) first position that each move touches."""
        return np.minimum(self.source, self.target)

    @property
    def final(self) -> Indices:
        """(c,) last position that each move touches."""
        return np.maximum(self.source, self.target)

    def predicted(self, error: Array) -> Array:
        """(c,) mean squared error that each move is predicted to leave."""
        left = self.change + error
        return np.asarray(np.einsum("ck,ck->c", left, left) / len(error))

    def apply(self, move: int, inp: Indices, out: Indices) -> tuple[Indices, Indices]:
        """The arrangement after one of the moves."""
        return apply(int(self.kind[move]), int(self.source[move]), int(self.target[move]), inp, out)


def apply(
    kind: int, source: int, target: int, inp: Indices, out: Indices
) -> tuple[Indices, Indices]:
    """The arrangement after a move; the arguments stay as they are."""
    inp, out = inp.copy(), out.copy()
    for layers, skipped in ((inp, SWAP_OUTPUTS), (out, SWAP_INPUTS)):
        if kind == INSERT:
            moved = layers[source]
            if source < target:
                layers[source:target] = layers[source + 1 : target + 1]
            else:
                layers[target + 1 : source + 1] = layers[target:source]
            layers[target] = moved
        elif kind != skipped:
            layers[source], layers[target] = layers[target], layers[source]
    return inp, out


def candidates(
    found: Effects, *, order: bool, free: Indices, reach: int | None = None
) -> Candidates:
    """All moves among the free positions with their predicted effects.

    Parameters
    ----------
    found
        The effects; re-pairing moves are included when it has them.
    order
        Whether moves of whole blocks are wanted.
    free
        (f,) positions that may change, ascending. An insertion is offered when every position
        that it shifts is free.
    reach
        Greatest distance of the two positions; must not exceed that of the effects.
    """
    own = found.own
    i, j = np.triu_indices(len(free), 1)
    i, j = free[i], free[j]
    if reach is not None:
        close = j - i <= reach
        i, j = i[close], j[close]
    nothing = np.zeros(0, np.intp)
    parts = [(SWAP, nothing, nothing, own[:0])]
    beside = j - i == 1
    if order:
        replaced = found.blocks - own[:, None]
        swapped = replaced[i, j] + replaced[j, i]
        swapped[beside] = found.neighbours[i[beside]]
        parts.append((SWAP, i, j, swapped))
        far = j - i == np.searchsorted(free, j) - np.searchsorted(free, i)
        far &= j - i > 1  # neighbours: an insertion there is the swap
        i2, j2 = i[far], j[far]
        # between two positions stream and adjoint are close to the mean of both sides; moving
        # later, the block lands after position j; moving sooner, before position i
        after = np.minimum(j2 + 1, len(own) - 1)
        before = np.maximum(i2 - 1, 0)
        if reach is not None:
            after = np.where(after - i2 <= reach, after, j2)
            before = np.where(j2 - before <= reach, before, i2)
        later = 0.5 * (found.blocks[j2, i2] + found.blocks[after, i2])
        sooner = 0.5 * (found.blocks[i2, j2] + found.blocks[before, j2])
        parts.append((INSERT, i2, j2, later - own[i2]))
        parts.append((INSERT, j2, i2, sooner - own[j2]))
    for kind, table, neighbours in (
        (SWAP_OUTPUTS, found.outputs, found.neighbour_outputs),
        (SWAP_INPUTS, found.inputs, found.neighbour_inputs),
    ):
        if table is not None and neighbours is not None:
            replaced = table - own[:, None]
            swapped = replaced[i, j] + replaced[j, i]
            swapped[beside] = neighbours[i[beside]]
            parts.append((kind, i, j, swapped))
    return Candidates(
        np.concatenate([np.full(len(source), kind, np.intp) for kind, source, _, _ in parts]),
        np.concatenate([source for _, source, _, _ in parts]),
        np.concatenate([target for _, _, target, _ in parts]),
        np.concatenate([change for _, _, _, change in parts]),
    )
