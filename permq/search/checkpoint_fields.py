"""Fields of checkpoints, checked when they come back; what is wrong is said by a ValueError."""

import json
import sys
from math import inf, isfinite
from typing import Any

import numpy as np

from permq.core.puzzle import Indices
from permq.errors import CheckpointError

LARGEST_COUNT = 2**63 - 1
LARGEST_COST = sys.float_info.max


def parsed(text: str | bytes) -> Any:
    """Read the JSON of a checkpoint; in it there are no infinite numbers, and no NaN.

    Raises
    ------
    CheckpointError
        When it is none.
    """
    try:
        return json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"the checkpoint is damaged: {error}") from None


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value


def count(value: object) -> int:
    """Whole number from 0."""
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise ValueError(f"{str(value)[:40]} is no count")
    return value


def cost(value: object) -> float:
    """Number from 0; null stands for infinity."""
    if value is None:
        return inf
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not 0 <= value <= LARGEST_COST
    ):
        raise ValueError(f"{str(value)[:40]} is no cost")
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
