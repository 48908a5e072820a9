"""Windows: a few free positions, and every way to arrange what stands there."""

from collections.abc import Callable, Set
from math import factorial

import numpy as np

from permq.core.puzzle import Indices
from permq.search.stop import never
from permq.search.trie_evaluator import TrieEvaluator

_SLICE = 4096  # arrangements made at a time; bounds memory


def free_positions(blocks: int, locked: Set[int]) -> Indices:
    """Positions of an arrangement of `blocks` blocks that are not locked, ascending."""
    return np.array([p for p in range(blocks) if p not in locked], dtype=np.intp)


def orders(numbers: Indices, k: int) -> Indices:
    """Permutations of k things by their number in lexicographic order.

    Parameters
    ----------
    numbers
        (M,) from 0 (nothing moved) to k! − 1.
    k
        At most 20, so that k! fits 64 bits.

    Returns
    -------
    (M, k) array
        Source: the factorial number system (Lehmer code).
    """
    rest = np.array(numbers, np.int64)
    code = np.empty((len(rest), k), np.int64)
    for place in range(k):
        code[:, place], rest = np.divmod(rest, factorial(k - 1 - place))
    # from the right: everything later that is not below an entry moves up by one
    for place in range(k - 2, -1, -1):
        later = code[:, place + 1 :]
        later += later >= code[:, [place]]
    return code.astype(np.intp)


def window_trials(
    inp: Indices,
    out: Indices,
    positions: Indices,
    limit: int,
    rng: np.random.Generator,
    *,
    repair: bool = False,
) -> tuple[Indices, Indices]:
    """Arrangements that differ from a given one inside a window.

    Parameters
    ----------
    inp, out
        (L,) local indices in running order.
    positions
        (k,) of the window, ascending, not necessarily adjacent.
    limit
        Largest number of arrangements; beyond it they are sampled. Orders of whole blocks
        come before re-pairings.
    rng
        For the sample.
    repair
        Also exchange output layers between the blocks of the window: k!² arrangements.

    Returns
    -------
    (M, L) and (M, L) arrays
        Without the given arrangement itself.
    """
    k = len(positions)
    moved = _numbers(factorial(k), limit, rng)
    given = np.zeros_like(moved)
    if repair and len(moved) < limit:
        extra = _repairings(k, limit - len(moved), rng)
        moved, given = np.append(moved, extra[0]), np.append(given, extra[1])
    blocks = orders(moved, k)
    layers = np.take_along_axis(blocks, orders(given, k), axis=1)
    inps, outs = np.tile(inp, (len(blocks), 1)), np.tile(out, (len(blocks), 1))
    inps[:, positions] = inp[positions][blocks]
    outs[:, positions] = out[positions][layers]
    return inps, outs


def _numbers(count: int, limit: int, rng: np.random.Generator) -> Indices:
    """Distinct numbers from 1 to `count` − 1: all, or `limit` at random, ascending."""
    if count - 1 <= limit:
        return np.arange(1, count)
    if count <= 1 << 22:
        return np.sort(1 + rng.choice(count - 1, limit, replace=False))
    # among so many numbers hardly any is drawn twice; that one is then missing
    return np.unique(rng.integers(1, count, size=limit))


def _repairings(k: int, limit: int, rng: np.random.Generator) -> tuple[Indices, Indices]:
    """Numbers of an order of blocks and of a change of their output layers, not 0."""
    count = factorial(k)
    if count * (count - 1) <= limit:
        first, second = np.divmod(np.arange(count * (count - 1)), count - 1)
        return first, second + 1
    if count * (count - 1) <= 1 << 22:
        chosen = np.sort(rng.choice(count * (count - 1), limit, replace=False))
        first, second = np.divmod(chosen, count - 1)
        return first, second + 1
    return rng.integers(count, size=limit), rng.integers(1, count, size=limit)


def improve_window(
    evaluator: TrieEvaluator,
    positions: Indices,
    limit: int,
    rng: np.random.Generator,
    *,
    repair: bool = False,
    stop: Callable[[], bool] = never,
) -> bool:
    """Make the best arrangement of a window the current one, if it improves.

    Parameters
    ----------
    evaluator
        Holds the current arrangement.
    positions, limit, rng, repair
        See `window_trials`.
    stop
        Asked between slices of arrangements.

    Returns
    -------
    bool
        Whether something better was found.
    """
    inps, outs = window_trials(evaluator.inp, evaluator.out, positions, limit, rng, repair=repair)
    winner, lowest = -1, evaluator.bar
    for first in range(0, len(inps), _SLICE):
        if stop():
            break
        part = slice(first, first + _SLICE)
        found, cost = evaluator.best(inps[part], outs[part], lowest)
        if found >= 0:
            winner, lowest = first + found, cost
    if winner < 0:
        return False
    evaluator.accept(inps[winner], outs[winner], lowest)
    return True
