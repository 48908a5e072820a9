"""Agreement and diversity by position."""

import numpy as np
import pytest

from permq.diagnosis.agreement import ZONES
from permq.figures.pool_agreement import agreed, effective_number

INP = np.array([[0, 1, 2, 3]] * 4 + [[0, 2, 1, 3]])
OUT = np.array([[0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 3, 2], [0, 1, 3, 2], [0, 2, 1, 3]])


def test_shares_and_zones_are_those_of_pairs():
    found = agreed(INP, OUT)
    assert found.count == 5
    assert found.share.tolist() == [1.0, 0.8, 0.4, 0.6]
    assert [ZONES[zone] for zone in found.zone] == ["locked", "locked", "uncertain", "mixed"]


def test_diversity_counts_layers_by_their_share():
    found = agreed(INP, OUT)
    assert found.inputs[0] == found.inputs[3] == 1.0
    assert found.outputs[3] == pytest.approx(np.exp(-(0.6 * np.log(0.6) + 0.4 * np.log(0.4))))
    assert effective_number(np.array([[0, 7], [1, 7]])) == pytest.approx([2, 1])
