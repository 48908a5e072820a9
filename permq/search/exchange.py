"""Exchanges: some positions give their layers to one another."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from permq.core.puzzle import Indices
from permq.errors import OptionError

Layers = Literal["both", "input", "output"]
"""What changes places: whole blocks, or one kind of layer, which re-pairs."""

LAYERS: tuple[Layers, ...] = ("both", "input", "output")


def check_layers(layers: str) -> None:
    """Complain about an unknown kind of layers.

    Raises
    ------
    OptionError
        When it is none of `LAYERS`.
    """
    if layers not in LAYERS:
        raise OptionError(f"layers must be one of {', '.join(LAYERS)}, not {layers!r}")


@dataclass(frozen=True, eq=False)
class Exchanges:
    """M exchanges of k positions each.

    Parameters
    ----------
    targets, sources
        (M, k) positions: `targets[n, j]` gets what stands at `sources[n, j]`. Every row of
        `sources` is a permutation of the same row of `targets`.
    layers
        What moves.
    """

    targets: Indices
    sources: Indices
    layers: Layers = "both"

    def __len__(self) -> int:
        return len(self.targets)

    def made(self, inp: Indices, out: Indices, chosen: slice | Indices) -> tuple[Indices, Indices]:
        """Make some of the exchanges, each on its own copy of an arrangement.

        Parameters
        ----------
        inp, out
            (L,) local indices in running order.
        chosen
            Which exchanges, K of them.

        Returns
        -------
        (K, L) and (K, L) arrays
        """
        targets, sources = self.targets[chosen], self.sources[chosen]
        inps, outs = np.tile(inp, (len(targets), 1)), np.tile(out, (len(targets), 1))
        if self.layers != "output":
            np.put_along_axis(inps, targets, inp[sources], axis=1)
        if self.layers != "input":
            np.put_along_axis(outs, targets, out[sources], axis=1)
        return inps, outs


def swaps(free: Indices, reach: int | None = None, layers: Layers = "both") -> Exchanges:
    """All exchanges of two positions: n (n − 1) / 2 of them.

    Parameters
    ----------
    free
        (n,) positions that may change, ascending.
    reach
        Largest distance, counted in free positions; None is any.
    layers
        What moves.
    """
    i, j = np.triu_indices(len(free), 1)
    near = slice(None) if reach is None else j - i <= reach
    pairs = np.stack([free[i[near]], free[j[near]]], axis=1)
    return Exchanges(pairs, pairs[:, ::-1], layers)


def rotations(free: Indices, span: int | None = None, layers: Layers = "both") -> Exchanges:
    """All three-way rotations: two directions of n (n − 1) (n − 2) / 6 triples.

    Parameters
    ----------
    free
        (n,) positions that may change, ascending.
    span
        Largest distance of the first from the last, counted in free positions; None is any.
    layers
        What moves.
    """
    within = len(free) if span is None else span
    triples = [
        (i, *rest)
        for i in range(len(free))
        for rest in combinations(range(i + 1, min(len(free), i + within + 1)), 2)
    ]
    targets = free[np.array(triples, np.intp).reshape(-1, 3)]
    both = np.concatenate([np.roll(targets, -1, axis=1), np.roll(targets, 1, axis=1)], axis=1)
    return Exchanges(np.repeat(targets, 2, axis=0), both.reshape(-1, 3), layers)
