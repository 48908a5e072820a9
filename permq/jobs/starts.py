"""What a job begins with: drawn at its first claim, and kept with it for ever after."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from permq.core.arrangement import Arrangement
from permq.jobs.kinds import kind_named
from permq.pool import runs, solutions
from permq.pool.claims import Claim
from permq.pool.connection import Cursor, scalar
from permq.pool.queries import load
from permq.pool.seeding import draw
from permq.pool.settings import read_shares

OTHERS = 20
"""Good solutions that a job may compare."""


def settle_start(cursor: Cursor, claim: Claim) -> Mapping[str, Any]:
    """Give what was kept at the first claim, or draw and keep it now.

    Returns
    -------
    dict
        `source` (`parent`, `elite`, `score` or `random`), `solution_id`, `permutation`,
        `perturbation`, and `others`, permutations of good solutions.
    """
    if claim.start is not None:
        return claim.start
    start: dict[str, Any] = {"source": "score", "solution_id": None, "permutation": None}
    sibling = _of_sibling(cursor, claim) if kind_named(claim.kind).one_start else None
    if sibling is not None:
        start = sibling
    elif claim.puzzle_id is not None:
        # what a run of a benchmark finds must not depend on what others found
        alone = runs.is_run(cursor, claim.job)
        start = _drawn(cursor, claim, claim.puzzle_id, alone=alone)
        if alone:
            start["others"] = runs.own_solutions(cursor, claim.job, OTHERS)
        else:
            top = solutions.top(cursor, claim.puzzle_id, OTHERS)
            start["others"] = [list(row.permutation) for row in top]
    cursor.execute(load("claims")["keep_start"], {"job": claim.job, "start": json.dumps(start)})
    return start


def _of_sibling(cursor: Cursor, claim: Claim) -> dict[str, Any] | None:
    """What another part of the same whole began with; None for the first of them."""
    # two parts claimed at once must not both be the first
    cursor.execute(load("claims")["lock_submission"], {"job": claim.job})
    cursor.execute(load("claims")["start_of_sibling"], {"job": claim.job})
    found: dict[str, Any] | None = scalar(cursor)
    return found


def _drawn(cursor: Cursor, claim: Claim, puzzle_id: int, *, alone: bool) -> dict[str, Any]:
    parent = (
        None
        if claim.parent_solution_id is None
        else solutions.by_id(cursor, claim.parent_solution_id)
    )
    if parent is not None:
        return {
            "source": "parent",
            "solution_id": parent.id,
            "permutation": list(parent.permutation),
            "perturbation": 0,
        }
    if alone:
        return {"source": "score", "solution_id": None, "permutation": None, "perturbation": 0}
    shares = read_shares(cursor)
    if kind_named(claim.kind).needs_start:
        # what improves a solution wants a good one, and as it is
        shares = replace(shares, random=0.0, score=0.0, elite=1.0, perturbation=0)
    return draw(cursor, puzzle_id, claim.seed, shares=shares)


def arrangement_of(permutation: list[int] | None) -> Arrangement | None:
    """Arrangement of a permutation as it stands in the pool."""
    return None if permutation is None else Arrangement.of(permutation)
