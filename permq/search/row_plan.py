"""In which order and portions a search looks at its rows.

Squared errors only add up, so a proposal is rejected as soon as the rows seen so far cost more than
all rows may. That comes soonest when the rows on which the current arrangement errs most stand
first, and when the first portion is just large enough to reject most proposals: each portion costs
the call of the products on it.
"""

from typing import NamedTuple, Self

import numpy as np

from permq.core.network import Array
from permq.core.puzzle import Indices

PORTIONS = (16, 24, 32, 48, 64, 96, 128)
"""Sizes that the first portion may have."""
_CALLS = 16  # the calls for a block on a portion take as long as so many rows in them
_LARGEST = 256


class RowPlan(NamedTuple):
    """The rows in order, and the size of the first portion.

    Parameters
    ----------
    rows
        (n,) a permutation of the problem's rows.
    portion
        Number of rows looked at first; one of `PORTIONS`.
    """

    rows: Indices
    portion: int

    @classmethod
    def of(cls, count: int) -> Self:
        """Plan for `count` rows of which nothing is known yet."""
        return cls(np.arange(count, dtype=np.intp), 48)

    @property
    def sizes(self) -> list[int]:
        """Sizes of the portions: two equal ones, then doubling; the last takes the rest."""
        left, sizes, size = len(self.rows), [], self.portion
        while left > 0:
            sizes.append(min(size, left))
            left -= sizes[-1]
            size = min(size if len(sizes) == 1 else 2 * size, _LARGEST)
        return sizes

    def sorted(self, errors: Array, early: float) -> Self:
        """The plan after some time of search.

        Parameters
        ----------
        errors
            (n,) squared error of the current arrangement on the rows, in the plan's order.
        early
            Share of the proposals that were rejected on the first portion.
        """
        # halving the portion pays when at least this share is rejected on the half
        worth = _CALLS / (_CALLS + self.portion / 2)
        step = PORTIONS.index(self.portion) + (early < 0.9 * worth) - (early > 1.3 * worth)
        portion = PORTIONS[min(max(step, 0), len(PORTIONS) - 1)]
        worst = np.argsort(-errors, kind="stable")
        return self._replace(rows=self.rows[worst], portion=portion)
