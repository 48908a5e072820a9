"""Fields of checkpoints, checked when they come back; what is wrong is said by a ValueError."""

from math import inf

import numpy as np

from permq.core.puzzle import Indices


def count(value: object) -> int:
    """Whole number from 0."""
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def cost(value: object) -> float:
    """Number from 0; null stands for infinity."""
    if value is None:
        return inf
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise ValueError(f"{value!r} is no cost")
    return float(value)


def switch(value: object) -> bool:
    """True or false."""
    if type(value) is not bool:
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def permutation(value: object, length: int) -> Indices:
    """(length,) permutation of the numbers below `length`."""
    if not isinstance(value, list) or sorted(map(count, value)) != list(range(length)):
        raise ValueError(f"a sequence is no permutation of {length} numbers")
    return np.array(value, dtype=np.intp)


def places(value: object, blocks: int) -> frozenset[int]:
    """Numbers below `blocks`."""
    if not isinstance(value, list) or not all(count(place) < blocks for place in value):
        raise ValueError(f"places beyond the {blocks} blocks")
    return frozenset(value)
