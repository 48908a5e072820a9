"""Only envelopes that kombu can read are given to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kombu import Connection

from permq.fleet.envelopes import MAX_ENVELOPE, check
from permq.fleet.messages import MessageError
from tests.fuzz.targets.messages import bad_envelopes, one_message

BAD = bad_envelopes()


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_envelope_is_refused_in_one_line(name):
    with pytest.raises(MessageError) as caught:
        check(BAD[name])
    assert len(str(caught.value)) < 300


def test_what_kombu_puts_on_redis_is_none_of_those():
    """As its own channel in memory writes it."""
    from kombu.transport.virtual.base import Channel
    from kombu.utils.json import dumps

    with Connection("memory://") as connection:
        channel = connection.default_channel
        assert isinstance(channel, Channel)
        body, encoding = channel.encode_body('[[], {}, {"callbacks": null}]', "base64")
        properties = {"body_encoding": encoding, "priority": 5, "delivery_mode": 2}
        whole = channel.prepare_message(
            body, 5, "application/json", "utf-8", {"task": "permq.noop"}, properties
        )
        channel._inplace_augment_message(whole, "", "node.one")
        check(dumps(whole).encode())
    check(one_message())


def test_one_that_is_too_large_is_not_even_parsed():
    with pytest.raises(MessageError, match=r"262,145 bytes"):
        check(b"[" * (MAX_ENVELOPE + 1))


@given(st.binary(max_size=300))
def test_no_bytes_bring_it_down(raw):
    with pytest.raises(MessageError):
        check(raw)
