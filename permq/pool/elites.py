"""Elites: the solutions to go on from, good ones that are not all the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from permq.pool.connection import Cursor
from permq.pool.queries import load

CHEAPEST = 200
"""Solutions of the least cost that are looked at."""
LEVELS, EACH = 10, 10
"""Levels of cost above those, and how many of each are looked at too."""


@dataclass(frozen=True)
class Elite:
    """A solution to go on from.

    Parameters
    ----------
    solution_id
        Its row.
    cost
        Over all rows.
    permutation
        Pieces in running order.
    """

    solution_id: int
    cost: float
    permutation: tuple[int, ...]


def elites(cursor: Cursor, puzzle_id: int, *, count: int, distance: float) -> list[Elite]:
    """Choose elites by cost and by distance.

    In ascending order of cost, a solution is taken when it differs from every one taken before at
    no less than a share of the positions. So a pool that became one solution gives one elite of
    it and looks for others at higher cost.

    Parameters
    ----------
    puzzle_id
        Whose solutions.
    count
        How many at most.
    distance
        Least share of positions at which two elites run different blocks, 0 to 1.

    Returns
    -------
    list of Elite
        The cheapest first; empty where the pool is.
    """
    given = {"puzzle": int(puzzle_id), "cheapest": CHEAPEST, "levels": LEVELS, "each": EACH}
    cursor.execute(load("elites")["candidates"], given)
    candidates = [Elite(number, cost, tuple(answer)) for number, cost, answer in cursor.fetchall()]
    taken = far_apart([one.permutation for one in candidates], count=count, distance=distance)
    return [candidates[place] for place in taken]


def far_apart(permutations: Sequence[Sequence[int]], *, count: int, distance: float) -> list[int]:
    """Places of permutations, taken in turn, that differ enough from all taken before.

    Parameters
    ----------
    permutations
        Answers of one puzzle, the preferred first: inp, out, inp, out, …, last.
    count
        How many at most.
    distance
        Least share of positions at which two differ.

    Returns
    -------
    list of int
        Ascending.
    """
    if not permutations:
        return []
    pieces = np.array(permutations)[:, :-1]  # (S, 2 L)
    blocks = pieces.reshape(len(pieces), -1, 2)  # (S, L, 2)
    codes = blocks[:, :, 0] * (pieces.max() + 1) + blocks[:, :, 1]  # (S, L)
    taken: list[int] = []
    for place, code in enumerate(codes):
        if len(taken) == count:
            break
        apart = (codes[taken] != code).mean(axis=1)  # (taken,)
        if not taken or apart.min() >= distance:
            taken.append(place)
    return taken
