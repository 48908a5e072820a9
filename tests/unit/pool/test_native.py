"""Python's own numbers."""

import json

import numpy as np
import pytest

from permq.pool.native import native


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (np.int64(3), 3),
        (np.int16(3), 3),
        (np.float32(0.5), 0.5),
        (np.float64(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("name"), "name"),
        (np.arange(3), [0, 1, 2]),
        ((np.int8(1), [np.uint8(2)]), [1, [2]]),
        ({"a": np.int64(1)}, {"a": 1}),
        (b"bytes", b"bytes"),
        (None, None),
        ("text", "text"),
    ],
)
def test_numpy_values_become_pythons(given, wanted):
    found = native(given)
    assert found == wanted
    assert type(found) is type(wanted)


def test_what_is_nested_is_plain_all_the_way_down():
    found = native({"a": [(np.int64(1), np.float64(2.5))], "b": np.ones((2, 2), np.int16)})
    assert json.loads(json.dumps(found)) == {"a": [[1, 2.5]], "b": [[1, 1], [1, 1]]}
