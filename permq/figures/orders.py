"""Solutions of the pool as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices, Puzzle
from permq.errors import AnswerError
from permq.pool.solutions import SolutionRow


@dataclass(frozen=True, eq=False)
class Orders:
    """Solutions with the same roles of the layers.

    Parameters
    ----------
    rows
        S solutions as the pool knows them.
    inp, out
        (S, L) local indices in running order.
    costs
        (S,) costs.
    """

    rows: tuple[SolutionRow, ...]
    inp: Indices
    out: Indices
    costs: Array


def orders_of(puzzle: Puzzle, rows: Sequence[SolutionRow]) -> Orders:
    """Local indices of solutions.

    Parameters
    ----------
    puzzle
        With the roles of the best of them.
    rows
        At least one. Of square layers those with other roles are left out: their blocks are none
        of these.
    """
    kept, inp, out = [], [], []
    for row in rows:
        try:
            inputs, outputs = puzzle.indices(row.arrangement)
        except AnswerError:
            continue
        kept.append(row)
        inp.append(inputs)
        out.append(outputs)
    shape = (len(kept), puzzle.blocks)
    costs = np.array([row.cost for row in kept], np.float64)
    return Orders(
        tuple(kept),
        np.array(inp, np.intp).reshape(shape),
        np.array(out, np.intp).reshape(shape),
        costs,
    )
