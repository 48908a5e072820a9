"""The hard-example board: which solver gets which regime right."""

from typing import Any, NamedTuple

from permq.pool.connection import Cursor
from permq.pool.queries import load

LOOKED_AT = 2000
"""Newest runs that are looked at."""


class Run(NamedTuple):
    """One run of a solver on a regime."""

    regime: str
    solver: str
    version: str
    seed: int
    state: str
    solved: bool | None
    verdict: str | None
    pairs_right: int | None
    positions_right: int | None
    final_mse: float | None
    seconds: float | None
    suite: str
    id: int


def board(cursor: Cursor) -> dict[str, Any]:
    """Read the newest run of every solver, version and seed on every regime."""
    cursor.execute(load("dashboard")["board"], {"limit": LOOKED_AT})
    return table([Run(*row) for row in cursor.fetchall()])


def table(runs: list[Run]) -> dict[str, Any]:
    """Runs as a table of regimes by solvers.

    Returns
    -------
    dict
        `regimes` and `columns` (solver and version) in order, and `cells`: for both, how many
        runs there are, how many ended, how many were solved, and how the others went wrong.
    """
    regimes = sorted({run.regime for run in runs})
    columns = sorted({(run.solver, run.version) for run in runs})
    cells: dict[tuple[str, str, str], list[Run]] = {}
    for run in runs:
        cells.setdefault((run.regime, run.solver, run.version), []).append(run)
    return {
        "regimes": regimes,
        "columns": [{"solver": solver, "version": version} for solver, version in columns],
        "cells": [
            {
                "regime": regimes.index(regime),
                "column": columns.index((solver, version)),
                "runs": len(those),
                "ended": sum(run.state != "pending" for run in those),
                "solved": sum(bool(run.solved) for run in those),
                "verdicts": sorted(
                    {
                        run.verdict or run.state
                        for run in those
                        if run.state != "pending" and not run.solved
                    }
                ),
            }
            for (regime, solver, version), those in sorted(cells.items())
        ],
    }
