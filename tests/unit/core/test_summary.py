import dataclasses

import numpy as np
import pytest

from permq.core.summary import Spread, summarise
from tests.toys import toy_puzzle


def test_a_spread_is_taken_in_float64():
    spread = Spread.of(np.float32([1e30, -1e30, 3.0]))
    assert spread.mean == pytest.approx(1.0)
    assert spread.std == pytest.approx(float(np.float32(1e30)) * np.sqrt(2 / 3))
    assert (spread.min, spread.max) == (np.float32(-1e30), np.float32(1e30))


def test_norms_are_those_of_single_layers():
    puzzle, _ = toy_puzzle(blocks=3, outputs=2)
    summary = summarise(puzzle)
    inputs, outputs, last = summary.layers
    assert [layer.count for layer in summary.layers] == [3, 3, 1]
    assert inputs.shape == puzzle.w_in[0].shape
    norms = [np.sqrt((w.astype(float) ** 2).sum()) for w in puzzle.w_out]
    assert outputs.weight_norm.mean == pytest.approx(np.mean(norms))
    assert outputs.weight_norm.max == pytest.approx(max(norms))
    assert last.bias_norm.min == pytest.approx(np.linalg.norm(puzzle.b_last))
    assert [data.columns for data in summary.data] == [6, 2, 2]


def test_loss_and_variance_are_means_over_rows_and_outputs():
    puzzle, _ = toy_puzzle(outputs=2)
    summary = summarise(puzzle)
    pred, true = puzzle.pred.astype(float), puzzle.true.astype(float)
    assert summary.loss == pytest.approx(np.mean((pred - true) ** 2))
    assert summary.variance == pytest.approx(np.mean([pred[:, k].var() for k in range(2)]))


def test_without_labels_there_is_no_loss():
    puzzle, _ = toy_puzzle()
    summary = summarise(dataclasses.replace(puzzle, true=None))
    assert summary.loss is None
    assert [data.kind for data in summary.data] == ["inputs", "pred"]
