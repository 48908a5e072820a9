"""Records of `permq up`: what is written reads the same, and nothing else reads as one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.services import leftovers
from permq.services.files import read_record
from permq.services.leftovers import Trace

traces = st.builds(
    Trace,
    name=st.text(min_size=1, max_size=20),
    pid=st.integers(1, 2**31 - 1),
    identity=st.none() | st.text(max_size=20),
    stage=st.integers(0, 9),
    stop_signal=st.sampled_from([2, 3, 9, 15]),
    stop_seconds=st.floats(0, 1e6),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.lists(traces, max_size=4))
def test_processes_to_end_come_back_as_they_were_written(tmp_path_factory, found):
    folder = tmp_path_factory.getbasetemp()
    leftovers.save(folder, found)
    assert leftovers.parse(read_record(folder / leftovers.NAME)) == found


@given(anything)
def test_nothing_else_is_a_process_to_end(value):
    assert leftovers.parse(value) == []
    assert leftovers.parse({"members": value}) == []
    assert leftovers.parse({"members": [value]}) == []


@pytest.mark.parametrize("pid", [0, -1, True, 2**31, "7", None, 1.0])
def test_no_group_of_processes_is_ended(pid):
    """kill(0) and kill(-1) would end this very process, or all."""
    member = {"name": "a", "pid": pid, "identity": "1", "stage": 0, "stop_signal": 9}
    assert leftovers.parse({"members": [{**member, "stop_seconds": 1.0}]}) == []


@given(st.binary(max_size=100))
def test_no_bytes_bring_the_reader_down(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "record.json"
    path.write_bytes(data)
    assert isinstance(read_record(path), dict)
    path.write_text(json.dumps({"a": 1}))
    assert read_record(path) == {"a": 1}
