"""History of a puzzle's search: its snapshots, and what can be told from comparing them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from permq.core.arrangement import Arrangement, kendall_tau, pairs_right
from permq.core.network import Array
from permq.core.puzzle import Indices
from permq.history.embedding import States
from permq.history.geometry import drift
from permq.history.probe import STRATA
from permq.history.representation import plane
from permq.pairing.reliability import calibration_error, reliability
from permq.pool import history as rows
from permq.pool import solutions
from permq.pool.connection import Cursor, scalar
from permq.pool.history import SnapshotRow
from permq.pool.queries import load

MOST = 60
"""Snapshots that are shown; of more, as many evenly chosen."""
COMPARED = 24
"""Snapshots whose geometry is compared, each with each."""
POLYGONS = 4

SKILLS = ("pairing", "order", "agreement", "locked", "certainty", "speed")


def history(cursor: Cursor, puzzle_id: int) -> dict[str, Any]:
    """Read one puzzle's snapshots; every list is empty where there is none."""
    found = rows.snapshots(cursor, puzzle_id, MOST)
    best = solutions.best(cursor, puzzle_id)
    if not found or best is None:
        return {"snapshots": [], "radar": [], "drift": [], "calibration": []}
    last = rows.snapshots(cursor, puzzle_id, 2, placement=True)[-1]
    cursor.execute(load("dashboard")["pairing"], {"puzzle": puzzle_id})
    pairing = scalar(cursor)
    curves = [calibrated(last, best.permutation)]
    if pairing:
        curves.append(paired(pairing, best.permutation))
    return {
        "snapshots": [shown(one) for one in found],
        "skills": SKILLS,
        "radar": skills(spaced(found, POLYGONS), best.permutation),
        "compared": [one.id for one in spaced(found, COMPARED)],
        "drift": drifts([one.numbers["spread"] for one in spaced(found, COMPARED)]),
        "calibration": curves,
        "known": best.solved,
    }


def shown(row: SnapshotRow) -> dict[str, Any]:
    """One snapshot's numbers, those by position as their mean."""
    numbers = row.numbers
    return {
        "id": row.id,
        "at": row.at.timestamp() * 1000,
        "event": row.event,
        "solutions": row.solutions,
        "best_cost": row.best_cost,
        "median_cost": row.median_cost,
        "method": row.method,
        "node": row.node,
        "agreement": float(np.mean(numbers["agreement"])),
        "locked": numbers["locked"],
        "diversity": numbers["diversity"],
        "drift": numbers["drift"],
    }


def spaced(found: Sequence[SnapshotRow], most: int) -> list[SnapshotRow]:
    """Up to so many of the snapshots, evenly chosen, the first and the last among them."""
    places = np.unique(np.linspace(0, len(found) - 1, min(most, len(found))).round().astype(int))
    return [found[place] for place in places]


def skills(found: Sequence[SnapshotRow], best: Sequence[int]) -> list[dict[str, Any]]:
    """How good the search was at each snapshot, every skill from 0 to 1.

    Pairs and order are those of the snapshot's best solution against the best known now; speed
    is a share of the fastest snapshot's.
    """
    answer = Arrangement.of(best)
    fastest = max((one.numbers["speed"] for one in found), default=0.0) or 1.0
    return [
        {
            "id": one.id,
            "values": [
                *likeness(Arrangement.of(one.permutation), answer),
                float(np.mean(one.numbers["agreement"])),
                one.numbers["locked"],
                certainty(one.numbers["entropy"]),
                one.numbers["speed"] / fastest,
            ],
        }
        for one in found
    ]


def likeness(one: Arrangement, best: Arrangement) -> tuple[float, float]:
    """Share of the pairs that are those of the best, and Kendall's correlation of the orders.

    A correlation below 0 counts as 0, as does that of square layers in other roles.
    """
    alike = set(one.inputs) == set(best.inputs)
    order = max(kendall_tau(one, best), 0.0) if alike else 0.0
    return pairs_right(one, best) / best.blocks, order


def certainty(entropies: Sequence[float]) -> float:
    """1 where every position has one block for certain, 0 where all are equally likely."""
    most = np.log(len(entropies)) if len(entropies) > 1 else 1.0
    return float(1 - np.clip(np.mean(entropies) / most, 0, 1))


def drifts(spreads: Sequence[Sequence[float]]) -> list[tuple[int, int, float]]:
    """Drift between any two snapshots as [place, place, drift]; none where there are no elites."""
    arrays: list[Array] = [np.asarray(spread, np.float64) for spread in spreads]
    found = []
    for i, first in enumerate(arrays):
        for j, second in enumerate(arrays[: i + 1]):
            apart = drift(first, second)
            if apart is not None:
                found.append((i, j, round(apart, 6)))
                if i != j:
                    found.append((j, i, round(apart, 6)))
    return found


def calibrated(row: SnapshotRow, best: Sequence[int]) -> dict[str, Any]:
    """Reliability of a snapshot's placement against the best known answer."""
    placement = row.placement or []
    widest = max((len(at) for at in placement), default=0)
    shares = np.zeros((len(placement), widest + 1))
    # the last column stands for what the snapshot gave no share
    right = np.full(len(placement), widest, np.intp)
    for position, at in enumerate(placement):
        block = tuple(best[2 * position : 2 * position + 2])
        for place, (inp, out, share) in enumerate(at):
            shares[position, place] = share
            if (inp, out) == block:
                right[position] = place
    return _curve("placement", shares, right)


def paired(probable: Sequence[tuple[int, int, float]], best: Sequence[int]) -> dict[str, Any]:
    """Reliability of the pairs' probabilities against the best known answer.

    Parameters
    ----------
    probable
        Input piece, output piece and probability; others are as good as impossible.
    best
        Pieces of the best known answer in running order.
    """
    row = {piece: place for place, piece in enumerate(sorted({inp for inp, _, _ in probable}))}
    column = {piece: place for place, piece in enumerate(sorted({out for _, out, _ in probable}))}
    # the last column stands for what was given no probability
    shares = np.zeros((len(row), len(column) + 1))
    for inp, out, share in probable:
        shares[row[inp], column[out]] = share
    answer = dict(zip(best[0:-1:2], best[1:-1:2], strict=True))
    right = [column.get(answer.get(inp, -1), len(column)) for inp in row]
    return _curve("pairing", shares, np.array(right, np.intp))


def _curve(name: str, shares: Array, right: Indices) -> dict[str, Any]:
    bins = reliability([(shares, right)])
    return {"name": name, "error": calibration_error(bins), "bins": bins}


def embedding(cursor: Cursor, puzzle_id: int) -> dict[str, Any] | None:
    """Where the probe rows lie, in the plane, behind the last block of the newest embedding."""
    found = rows.embeddings(cursor, puzzle_id, 1)
    if not found:
        return None
    newest = found[-1]
    states = States.unpack(newest.content)
    flat = plane([states.states[-1]])
    return {
        "solution": newest.solution_id,
        "cost": newest.cost,
        "at": newest.made_at,
        "depth": states.depths[-1],
        "strata": STRATA,
        "stratum": states.strata,
        "points": [[float(f"{x:.5g}"), float(f"{y:.5g}")] for x, y in flat.points[0]],
        "explained": flat.explained,
    }
