"""Runs as a table of regimes by solvers."""

from permq.dashboard.board import Run, table


def run(regime, solver, seed, *, state="done", solved=True, verdict=None):
    return Run(regime, solver, "1", seed, state, solved, verdict, 1, 1, 0.0, 1.0, "hard", seed)


def test_every_cell_counts_its_runs_and_tells_what_went_wrong():
    told = table(
        [
            run("wide", "solve", 1),
            run("wide", "solve", 2, solved=False, verdict="order"),
            run("wide", "solve", 3, state="pending", solved=None),
            run("deep", "anneal", 1, state="failed", solved=None),
        ]
    )
    assert told["regimes"] == ["deep", "wide"]
    assert [column["solver"] for column in told["columns"]] == ["anneal", "solve"]
    failed, mixed = told["cells"]
    assert failed["verdicts"] == ["failed"]
    assert (mixed["regime"], mixed["column"]) == (1, 1)
    assert (mixed["runs"], mixed["ended"], mixed["solved"]) == (3, 2, 1)
    assert mixed["verdicts"] == ["order"]


def test_without_runs_the_board_is_empty():
    assert table([]) == {"regimes": [], "columns": [], "cells": []}
