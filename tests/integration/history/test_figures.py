"""Figures of the history, drawn of a real pool."""

import numpy as np
import pytest

from permq.core.dropping.recipe import Recipe
from permq.core.dropping.writing import make
from permq.core.loading import load_puzzle
from permq.errors import MissingDataError
from permq.figures.animation import ANIMATED, GIF, moving
from permq.figures.gather import gather
from permq.figures.registry import figure_named
from permq.figures.render import PNG, SVG, render
from permq.history.embedding import States, depths_of, states_on_processor
from permq.history.recording import recording
from permq.history.taking import probe, take
from permq.history.twin import Twin, TwinSettings
from permq.pool import history, puzzles
from permq.pool.connection import transaction
from permq.pool.solutions import record

FIGURES = (
    "probability_trajectory",
    "error_localization",
    "radar",
    "calibration",
    "roc",
    "emergence",
    "layer_drift",
    "representation",
)

OF_TRAINING = ("emergence", "layer_drift", "representation")


@pytest.fixture
def learnt(connection, stored, toy, wrong):
    """A pool that improves three times, a snapshot and an embedding after each."""
    puzzle, _ = toy
    checked = sorted(wrong(12), key=lambda one: -one.verification.mse)
    for first in (0, 4, 8):
        with transaction(connection) as cursor:
            record(cursor, stored.id, checked[first : first + 4], node="one")
        best = take(connection, stored.id, puzzle).best
        rows = probe(connection, stored.id, puzzle)
        states = states_on_processor(puzzle, *puzzle.indices(best.arrangement), puzzle.x[rows.rows])
        depths = depths_of(puzzle.blocks, 3)
        with transaction(connection) as cursor:
            content = States(depths, rows.strata, states[depths]).pack()
            history.keep_embedding(
                cursor, stored.id, best.id, content, job_id=None, device="processor"
            )
    return stored


@pytest.mark.parametrize("name", FIGURES)
def test_each_is_drawn(connection, learnt, name):
    picture = render(figure_named(name), gather(connection, learnt))
    assert picture.files[PNG].startswith(b"\x89PNG")
    assert b"<svg" in picture.files[SVG]


@pytest.mark.parametrize("name", FIGURES)
def test_an_empty_pool_gives_one_clear_line(connection, stored, name):
    with pytest.raises(MissingDataError) as told:
        render(figure_named(name), gather(connection, stored))
    assert "\n" not in str(told.value)
    if name in OF_TRAINING:
        assert "permq history twin" in str(told.value)


@pytest.mark.parametrize("name", ANIMATED)
def test_they_move_over_the_snapshots(connection, learnt, name):
    data = moving(figure_named(name), gather(connection, learnt), 2).files[GIF]
    assert data.startswith(b"GIF89a")


def test_a_recorded_training_is_shown(connection, tmp_path):
    recipe = Recipe(blocks=3, width=5, hidden=7, rows=80, epochs=4, batch_size=20)
    folder = make(recipe, tmp_path / "made", recording=recording(recipe.epochs)).path
    content = (folder / "history.npz").read_bytes()
    with transaction(connection) as cursor:
        row = puzzles.add(cursor, load_puzzle(folder))
        history.keep_training(cursor, row.id, content)
    sources = gather(connection, row)
    shown = figure_named("emergence").compute(sources)
    assert shown.unit == "epoch"
    assert shown.moments.tolist() == [0, 1, 2, 3, 4]
    assert "trace" in shown.names
    drift = figure_named("layer_drift").compute(sources)
    assert drift.inputs.shape == drift.outputs.shape == (5, 3)
    assert np.array_equal(drift.inputs[0], np.zeros(3))
    for name in OF_TRAINING:
        assert render(figure_named(name), sources).files[PNG]
        assert "twin" not in figure_named(name).compute(sources).title


def test_a_twin_is_shown_where_no_training_was_recorded_and_the_title_says_so(
    connection, stored, toy, tmp_path
):
    twin = Twin(toy[0], TwinSettings(epochs=2, rows=30))
    twin.advance(lambda: False, lambda number, word: None)
    with transaction(connection) as cursor:
        history.keep_twin(cursor, stored.id, twin.record().pack(), twin.facts(), job_id=None)
    sources = gather(connection, stored)
    for name in OF_TRAINING:
        assert "of a twin: not the puzzle's own" in figure_named(name).compute(sources).title
        assert render(figure_named(name), sources).files[PNG]
    # a record of the puzzle's own training goes before
    with transaction(connection) as cursor:
        history.keep_training(cursor, stored.id, twin.record().pack())
    for name in OF_TRAINING:
        assert "twin" not in figure_named(name).compute(sources).title
