"""What a parameter is written as, it reads as."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.errors import OptionError
from permq.jobs.kinds import KINDS, parse_step

PLAIN = [
    (kind.name, parameter)
    for kind in KINDS.values()
    for parameter in kind.parameters
    if parameter.type in (int, float) or parameter.choices
]


def values_of(parameter):
    """Values that a parameter may have by itself."""
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    low = parameter.low if parameter.low is not None else parameter.above
    high = parameter.high if parameter.high is not None else 10**9
    if parameter.type is int:
        return st.integers(int(low or 0), int(high))
    return st.floats(low or 0, high, exclude_min=parameter.above is not None, allow_nan=False)


@given(st.data())
def test_a_value_reads_as_what_it_was_written_as(data):
    _, parameter = data.draw(st.sampled_from(PLAIN), label="parameter")
    value = data.draw(values_of(parameter), label="value")
    assert parameter.read(str(value)) == value
    assert parameter.checked(json.loads(json.dumps(value))) == value


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=60))
def test_a_step_is_read_whole_or_refused(name, text):
    kind = KINDS[name]
    try:
        read, params = parse_step(f"{name}:{text}", 24)
    except OptionError:
        return
    assert read is kind
    assert set(params) == {parameter.name for parameter in kind.parameters}
    assert kind.complete(json.loads(json.dumps(params)), 24) == params


@pytest.mark.parametrize("value", [10**400, -(10**400), 2**63])
def test_whole_numbers_beyond_floats_are_refused_or_kept(value):
    for name in ("steps", "rows", "hot", "window"):
        try:
            params = KINDS["anneal"].complete({name: value})
        except OptionError:
            continue
        assert params[name] == value
