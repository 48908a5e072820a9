"""Rows as JSON that every browser reads."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pytest

from permq.dashboard.plain import encode, plain


class Row(NamedTuple):
    id: int
    at: datetime


@dataclass(frozen=True)
class Facts:
    row: Row
    share: float


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, None),
        (True, True),
        (float("nan"), None),
        (float("-inf"), None),
        (1e-300, 1e-300),
        (Decimal("1.5"), 1.5),
        ({1: {"a": (1, 2)}}, {"1": {"a": [1, 2]}}),
        (np.arange(3), [0, 1, 2]),
        (np.float64("inf"), None),
        (np.int64(7), 7),
        (
            Facts(Row(1, datetime(2025, 1, 2, tzinfo=UTC)), 0.5),
            {"row": {"id": 1, "at": "2025-01-02T00:00:00+00:00"}, "share": 0.5},
        ),
    ],
)
def test_values_become_what_json_knows(value, told):
    assert plain(value) == told
    assert json.loads(encode(value)) == told


def test_a_number_comes_back_to_the_last_bit():
    assert json.loads(encode(0.1 + 0.2)) == 0.1 + 0.2


def test_what_has_no_form_is_an_error_of_the_program():
    with pytest.raises(TypeError, match="object has no form"):
        encode(object())
