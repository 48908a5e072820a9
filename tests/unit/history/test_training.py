from dataclasses import fields

import numpy as np
import pytest

from permq.core.dropping.data import synthetic_task
from permq.core.dropping.recipe import Recipe
from permq.core.dropping.training import train
from permq.errors import PermqError
from permq.history.probe import STRATA, Probe
from permq.history.recording import Recorder, record
from permq.history.training import (
    TrainingRecord,
    checkpoint_epochs,
    cosine,
    relative_drift,
    right_against_wrong,
)

SMALL = Recipe(blocks=3, width=5, hidden=7, rows=60, epochs=6, batch_size=20)


@pytest.fixture(scope="module")
def made():
    x, true = synthetic_task(60, 5, 1, 0.3, np.random.default_rng(0))
    kept = []
    train(
        SMALL,
        x,
        true,
        np.random.default_rng(1),
        keep=lambda epoch, network: kept.append((epoch, network)),
        checkpoints=checkpoint_epochs(6, 4),
    )
    return kept, x, true, record(SMALL, kept, x, true)


@pytest.mark.parametrize(
    ("epochs", "count", "expected"),
    [(0, 5, [0]), (1, 5, [0, 1]), (8, 5, [0, 1, 2, 4, 8]), (3, 24, [0, 1, 2, 3])],
)
def test_checkpoints_begin_close_and_end_at_the_last(epochs, count, expected):
    assert checkpoint_epochs(epochs, count) == expected


def test_drift_by_hand():
    first = np.array([[3.0, 4.0]])
    assert relative_drift([first, first, first + 5]).tolist() == [0, 0, pytest.approx(2**0.5)]
    assert relative_drift([np.zeros(2), np.ones(2)])[1] == pytest.approx(2**0.5)


def test_right_against_wrong_by_hand():
    assert right_against_wrong(np.array([[0.0, 1.0], [1.0, 0.0]])) == 1
    assert right_against_wrong(np.array([[1.0, 0.0], [0.0, 1.0]])) == 0
    assert right_against_wrong(np.ones((3, 3))) == 0.5
    # diagonal 1 and 3 among 2 and 2: one better than both, one worse than both
    assert right_against_wrong(np.array([[1.0, 2.0], [2.0, 3.0]])) == 0.5
    assert right_against_wrong(np.ones((1, 1))) == 0.5


def test_cosine_of_nothing_is_nothing():
    assert cosine(np.zeros(3), np.ones(3)) == 0
    assert cosine(np.ones((2, 2)), -np.ones((2, 2))) == pytest.approx(-1)


def test_recording_does_not_change_the_training(made):
    kept, x, true, _ = made
    plain = train(SMALL, x, true, np.random.default_rng(1))
    assert np.array_equal(plain.w_in, kept[-1][1].w_in)
    assert plain.loss == kept[-1][1].loss


def test_the_record_by_hand(made):
    kept, _, _, found = made
    epochs, layers = len(kept), 7
    assert found.epochs.tolist() == [epoch for epoch, _ in kept]
    assert found.loss[-1] < found.loss[0]
    first, last = kept[0][1], kept[-1][1]
    assert found.norms[-1, 1] == pytest.approx(np.linalg.norm(last.w_in[1]))
    moved = np.linalg.norm(last.w_out[2] - first.w_out[2]) / np.linalg.norm(first.w_out[2])
    assert found.drift[-1, 5] == pytest.approx(moved, rel=1e-5)
    assert np.array_equal(found.drift[0], np.zeros(layers))
    assert found.influence.shape == (epochs - 1, 5, layers)
    assert np.abs(found.influence).max() <= 1 + 1e-6
    # what the rows ask for is on the whole what the weights did
    assert found.influence.mean() > 0
    assert found.right.shape == found.auc.shape == (epochs, len(found.scores))
    assert found.similarity.shape == (len(found.depths), epochs, epochs)
    assert found.depths[-1] == 3
    assert found.points.shape == (epochs, len(found.rows), 2)
    assert found.blocks == 3


def test_dead_units_are_counted():
    x, true = synthetic_task(60, 5, 1, 0.3, np.random.default_rng(0))
    kept = []
    train(
        SMALL,
        x,
        true,
        np.random.default_rng(1),
        keep=lambda epoch, network: kept.append((epoch, network)),
        checkpoints=[6],
    )
    network = kept[0][1]
    network.w_in[1, :2] = 0
    network.b_in[1, :2] = -1
    dead = record(SMALL, kept, x, true).dead
    assert dead[0, 1] >= 2 / 7
    assert dead[0, 1] == pytest.approx(round(dead[0, 1] * 7) / 7)


def test_layers_far_from_the_median_are_told():
    found = TrainingRecord(**{one.name: np.zeros(1) for one in fields(TrainingRecord)})
    object.__setattr__(found, "gradients", np.array([[1e-4, 1.0, 1.0, 1.0, 1e3]]))
    assert found.vanishing.tolist() == [[True, False, False, False, False]]
    assert found.exploding.tolist() == [[False, False, False, False, True]]


def test_a_record_comes_back_from_bytes(made):
    found = made[-1]
    back = TrainingRecord.unpack(found.pack())
    for one in fields(TrainingRecord):
        assert np.array_equal(getattr(back, one.name), getattr(found, one.name)), one.name


@pytest.mark.parametrize("data", [b"", b"no archive at all"])
def test_what_is_no_record_is_refused(data):
    with pytest.raises(PermqError, match="no record of a training"):
        TrainingRecord.unpack(data)


def test_a_recorder_goes_on_where_another_stood(made):
    kept, x, true, found = made
    probe = Probe(found.rows, found.strata)
    parts = [STRATA.index(name) for name in found.parts]
    assert parts == list(range(len(parts)))  # so that the strata need no translation
    before, after = (Recorder(SMALL, probe, x, true) for _ in range(2))
    after.restore(before.save())
    for epoch, network in kept[:2]:
        before.add(epoch, network)
    after.restore(before.save())
    for epoch, network in kept[2:]:
        after.add(epoch, network)
    assert after.count == len(kept)
    for name, value in vars(after.record()).items():
        assert np.array_equal(value, getattr(found, name))
