"""Arrangements that are the same function by other indices.

Two neighbouring blocks that commute on the data, layers that are identical and blocks that do
nothing leave the answer exact and change its hash. From an exact arrangement all exact exchanges of
neighbours, and of identical layers, are walked breadth first until the hash matches.
"""

from collections import deque
from collections.abc import Iterator

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.objective import verify
from permq.core.puzzle import Indices, Puzzle

_MOST = 300
"""Exact evaluations at the most; each is one full verification."""


def _twins(weights: tuple[np.ndarray, ...], layers: Indices) -> Iterator[tuple[int, int]]:
    """Positions of which the layers are equal to the last bit."""
    first: dict[bytes, int] = {}
    for position, layer in enumerate(layers.tolist()):
        key = b"".join(part[layer].tobytes() for part in weights)
        if key in first:
            yield first[key], position
        else:
            first[key] = position


def _neighbours(puzzle: Puzzle, arrangement: Arrangement) -> Iterator[Arrangement]:
    inp, out = puzzle.indices(arrangement)
    for layers, weights in ((inp, (puzzle.w_in, puzzle.b_in)), (out, (puzzle.w_out, puzzle.b_out))):
        for i, j in _twins(weights, layers):
            layers[[i, j]] = layers[[j, i]]
            yield puzzle.arrangement(inp, out)
            layers[[i, j]] = layers[[j, i]]
    for t in range(puzzle.blocks - 1):
        for layers in (inp, out):
            layers[[t, t + 1]] = layers[[t + 1, t]]
        yield puzzle.arrangement(inp, out)
        for layers in (inp, out):
            layers[[t, t + 1]] = layers[[t + 1, t]]


def matching_equivalent(puzzle: Puzzle, arrangement: Arrangement) -> Arrangement | None:
    """An arrangement that computes the same and has the known hash, if one is found.

    Parameters
    ----------
    puzzle
        With a known `solution_sha256`.
    arrangement
        Exact, but of another hash.
    """
    puzzle = puzzle.for_answer(arrangement)
    seen, waiting, checked = {arrangement}, deque([arrangement]), 0
    while waiting and checked < _MOST:
        for other in _neighbours(puzzle, waiting.popleft()):
            if other.sha256 == puzzle.solution_sha256:
                return other
            if other in seen or checked >= _MOST:
                continue
            seen.add(other)
            checked += 1
            if verify(puzzle, other).exact:
                waiting.append(other)
    return None
