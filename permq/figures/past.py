"""Snapshots of the pool as figures look at them."""

from collections.abc import Sequence

import numpy as np

from permq.core.arrangement import Arrangement
from permq.core.network import Array
from permq.figures.figure import Sources
from permq.pool import history
from permq.pool.history import SnapshotRow

MOST = 100
"""Snapshots that are looked at, evenly chosen; more than that no picture shows."""


def past(sources: Sources, most: int = MOST, *, least: int = 1) -> list[SnapshotRow]:
    """Snapshots with their placement, the first one first.

    Parameters
    ----------
    sources
        Whose pool.
    most
        How many at most, at least 2.
    least
        Fewer than this are not enough.

    Raises
    ------
    MissingDataError
        When there are fewer.
    """
    with sources.reading() as cursor:
        rows = history.snapshots(cursor, sources.row.id, most, placement=True)
    if len(rows) < least:
        there = f"there are {len(rows)}" if rows else "there is none"
        raise sources.missing(
            f"{least} snapshots of the pool are needed, {there}: permq history snapshot makes one"
        )
    return rows


def answer_of(sources: Sources) -> Arrangement:
    """The right or the best known arrangement.

    Raises
    ------
    MissingDataError
        When the pool is empty.
    """
    if sources.answer is None:
        raise sources.missing("the pool has no solution of it yet")
    return sources.answer


def shares_of(row: SnapshotRow, answer: Arrangement) -> Array:
    """(L,) share of the answer's block at each position of a snapshot; 0 where it is not there."""
    found = np.zeros(answer.blocks)
    blocks = zip(answer.inputs, answer.outputs, strict=True)
    for position, (block, at) in enumerate(zip(blocks, row.placement or (), strict=True)):
        found[position] = sum(share for a, o, share in at if (a, o) == block)
    return found


def ages(rows: Sequence[SnapshotRow]) -> Array:
    """(S,) seconds from the first snapshot to each."""
    return np.array([(row.at - rows[0].at).total_seconds() for row in rows])
