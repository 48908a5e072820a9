"""Arrangements that are the same function by other indices.

Neighbouring blocks that commute on the data, blocks that do nothing and layers that are identical
leave the answer exact and change its hash. From an exact arrangement all such exchanges are walked,
breadth first, until the hash matches.
"""

from collections import deque
from collections.abc import Iterator

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.delta import Evaluator
from permq.core.network import Network
from permq.core.objective import EXACT
from permq.core.puzzle import Indices, Puzzle
from permq.search.stop import Stop, never

_MOST = 20_000
"""Arrangements looked at."""

_ROWS = 64
"""Rows on which blocks are seen to commute."""

Running = tuple[tuple[int, ...], tuple[int, ...]]
"""Local indices of the input and output layers in running order."""


class _Commuting:
    """Which neighbouring blocks may exchange their places; each two are measured once."""

    def __init__(self, puzzle: Puzzle, start: Running) -> None:
        rows = np.unique(np.linspace(0, puzzle.rows - 1, _ROWS).astype(int))
        x, pred = puzzle.x[rows], puzzle.pred[rows]
        inp, out = (np.array(layers, np.intp) for layers in start)
        self._evaluator = Evaluator(Network(puzzle, np.float64), x, pred, inp, out)
        self._limit = (EXACT * float(np.std(puzzle.pred.astype(np.float64)))) ** 2
        self._current = start
        self._known: dict[frozenset[tuple[int, int]], bool] = {}

    def __call__(self, running: Running, swapped: Running, t: int) -> bool:
        """Whether the blocks at t and t + 1 of an exact arrangement commute."""
        inp, out = running
        both = frozenset(((inp[t], out[t]), (inp[t + 1], out[t + 1])))
        if both not in self._known:
            if self._current != running:
                self._evaluator.reset(np.array(inp, np.intp), np.array(out, np.intp))
                self._current = running
            a, o = (np.array(layers, np.intp) for layers in swapped)
            cost = self._evaluator.propose(a, o, t, self._limit)
            self._known[both] = cost <= self._limit
        return self._known[both]


def _twins(weight: np.ndarray, bias: np.ndarray) -> list[int]:
    """For every layer the first that is equal to it to the last bit."""
    first: dict[bytes, int] = {}
    layers = zip(weight, bias, strict=True)
    return [first.setdefault(w.tobytes() + b.tobytes(), i) for i, (w, b) in enumerate(layers)]


def _exchanged(layers: tuple[int, ...], i: int, j: int) -> tuple[int, ...]:
    """The layers with those at two positions, the first smaller, exchanged."""
    return (*layers[:i], layers[j], *layers[i + 1 : j], layers[i], *layers[j + 1 :])


def _neighbours(
    running: Running, alike: tuple[list[int], list[int]], commuting: _Commuting
) -> Iterator[Running]:
    inp, out = running
    for kind in (0, 1):
        seen: dict[int, list[int]] = {}
        for j, layer in enumerate(running[kind]):
            for i in seen.setdefault(alike[kind][layer], []):
                turned = _exchanged(running[kind], i, j)
                yield (inp, turned) if kind else (turned, out)
            seen[alike[kind][layer]].append(j)
    for t in range(len(inp) - 1):
        swapped = (_exchanged(inp, t, t + 1), _exchanged(out, t, t + 1))
        if commuting(running, swapped, t):
            yield swapped


def matching_equivalent(
    puzzle: Puzzle, arrangement: Arrangement, stop: Stop = never
) -> Arrangement | None:
    """An arrangement that computes the same and has the known hash, if one is found.

    Parameters
    ----------
    puzzle
        With a known `solution_sha256`.
    arrangement
        Exact, but of another hash.
    stop
        Asked at every arrangement; the search ends with none once it is true.
    """
    puzzle = puzzle.for_answer(arrangement)

    def indices(layers: Indices) -> tuple[int, ...]:
        return tuple(int(layer) for layer in layers)

    inp, out = puzzle.indices(arrangement)
    start = (indices(inp), indices(out))
    commuting = _Commuting(puzzle, start)
    alike = (_twins(puzzle.w_in, puzzle.b_in), _twins(puzzle.w_out, puzzle.b_out))
    seen, waiting = {start}, deque([start])
    while waiting and not stop():
        for running in _neighbours(waiting.popleft(), alike, commuting):
            if running in seen:
                continue
            found = puzzle.arrangement(*running)
            if found.sha256 == puzzle.solution_sha256:
                return found
            if len(seen) == _MOST:
                return None
            seen.add(running)
            waiting.append(running)
    return None
