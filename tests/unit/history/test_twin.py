"""Twins: trained on a puzzle's data, cut anywhere."""

from dataclasses import replace

import numpy as np
import pytest

from permq.errors import CheckpointError, OptionError
from permq.history.training import emerged
from permq.history.twin import FEWEST, Twin, TwinSettings, checkpoints_of
from tests.toys import toy_puzzle

SETTINGS = TwinSettings(epochs=4, rows=40, lr=5e-3, seed=3)


def puzzle():
    return toy_puzzle(0, blocks=4, width=5, hidden=7)[0]


def numbers(twin):
    """All of a record; its archive also tells the time."""
    return {
        name: value if isinstance(value, tuple) else value.tolist()
        for name, value in vars(twin.record()).items()
    }


def done(every=0):
    """A twin that is packed and unpacked after every so many units."""
    twin, told = Twin(puzzle(), SETTINGS), []
    while not twin.finished:
        units = [0]

        def stop(units=units):
            units[0] += 1
            return bool(every) and units[0] >= every

        twin.advance(stop, lambda number, word: told.append((number, word)))
        saved, twin = twin.save(), Twin(puzzle(), SETTINGS)
        twin.restore(saved)
    return twin, told


def test_cut_anywhere_a_twin_ends_with_the_record_of_one_go():
    whole, told = done()
    assert [number for number, _ in told] == list(range(1, whole.units + 1))
    found = numbers(whole)
    for every in (1, 2, 3):
        twin, parts = done(every)
        assert numbers(twin) == found
        assert parts == told


def test_it_has_the_puzzle_s_shape_and_learns_from_its_rows():
    twin, _ = done()
    record, given = twin.record(), puzzle()
    assert record.blocks == given.blocks
    assert record.epochs.tolist() == twin.checkpoints == [0, 1, 2, 3, 4]
    assert record.loss[-1] < record.loss[0]
    assert twin.facts()["hidden"] == given.hidden
    assert twin.facts()["rows"] == min(40, given.rows)
    assert len(np.unique(record.rows)) == len(record.rows)


def test_it_learns_the_labels_where_there_are_some_else_the_answers():
    given = puzzle()
    assert Twin(replace(given, true=None), SETTINGS).labels == "pred"
    labelled = Twin(replace(given, true=given.pred + 1), SETTINGS)
    assert labelled.labels == "true"


def test_another_seed_is_another_twin():
    one, other = (Twin(puzzle(), replace(SETTINGS, seed=seed)) for seed in (1, 2))
    for twin in (one, other):
        twin.advance(lambda: False, lambda number, word: None)
    assert numbers(one) != numbers(other)


def test_the_more_blocks_the_fewer_looks():
    assert checkpoints_of(12, 48) == [0, 1, 2, 3, 5, 8, 12]
    assert len(checkpoints_of(12, 1000)) == FEWEST


def test_a_training_that_diverges_says_what_to_do():
    given = puzzle()
    twin = Twin(replace(given, x=given.x * np.float32(1e20)), SETTINGS)
    with pytest.raises(OptionError, match=r"diverged after \d epochs: take a learning rate below"):
        twin.advance(lambda: False, lambda number, word: None)


@pytest.mark.parametrize(
    "damage",
    [
        {"arrays": "!"},
        {"arrays": "AAAA"},
        {"epochs": -1},
        {"epochs": 4},
        {"epochs": None},
    ],
)
def test_a_damaged_checkpoint_is_refused(damage):
    twin = Twin(puzzle(), SETTINGS)
    twin.advance(lambda: True, lambda number, word: None)
    with pytest.raises(CheckpointError, match="the checkpoint is damaged"):
        Twin(puzzle(), SETTINGS).restore({**twin.save(), **damage})


def test_what_emerged_is_told_in_order_of_time():
    twin, _ = done()
    record = twin.record()
    auc = np.tile(np.array([0.2, 0.5, 0.95, 0.9, 0.99])[:, None], (1, len(record.scores)))
    auc[:, 1] = 0.3
    auc[1, 0] = 0.91
    told = emerged(replace(record, auc=auc))
    assert (told[0]["score"], told[0]["epoch"]) == (record.scores[0], 1)
    assert told[1]["epoch"] == 2
    assert (told[-1]["score"], told[-1]["epoch"]) == (record.scores[1], None)
