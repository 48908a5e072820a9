"""What a message holds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permq.errors import InputError
from permq.fleet.messages import Message, MessageError, parse

GOOD = {"job": 7, "token": 3, "version": 1}


@given(st.integers(1, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_a_message_comes_out_of_json_as_it_went_in(job, token):
    message = Message(job, token)
    assert parse(json.loads(json.dumps(message.to_args())), {}) == message


def test_a_message_holds_ids_and_its_version_only():
    assert Message(7, 3).to_args() == [GOOD]


@pytest.mark.parametrize(
    ("args", "kwargs", "told"),
    [
        ([], {}, "one object"),
        ([GOOD, GOOD], {}, "one object"),
        ([GOOD], {"job": 7}, "one object"),
        ([7], {}, "one object"),
        ([{}], {}, "version None"),
        ([GOOD | {"version": 2}], {}, "version 2; this software reads 1"),
        ([GOOD | {"version": True}], {}, "version True"),
        ([GOOD | {"path": "/etc"}], {}, "unknown: path"),
        ([{"job": 7, "version": 1}], {}, "unknown: token"),
        ([GOOD | {"job": "7"}], {}, "job must be a whole number"),
        ([GOOD | {"job": True}], {}, "job must be a whole number"),
        ([GOOD | {"job": 0}], {}, "job must be a whole number from 1"),
        ([GOOD | {"job": 2**63}], {}, "job must be a whole number"),
        ([GOOD | {"token": -1}], {}, "token must be a whole number from 0"),
        ([GOOD | {"token": 1.0}], {}, "token must be a whole number"),
        ([GOOD | {"token": None}], {}, "token must be a whole number"),
    ],
)
def test_any_other_form_is_refused(args, kwargs, told):
    with pytest.raises(MessageError, match=told) as caught:
        parse(args, kwargs)
    assert isinstance(caught.value, InputError)
