"""The envelope that kombu puts around a message on Redis: looked at before kombu does.

kombu and Celery believe it: one that is no JSON, lacks a field or holds another type raises in the
worker's main loop and ends the worker, and a compressed body is unpacked whatever its size.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from permq.fleet.messages import MessageError

MAX_ENVELOPE = 256 << 10
"""Bytes; one of permq's has about a thousand, and some more with a signature."""
LONGEST_WORD = 255

_TEXTS = ("content-type", "content-encoding")
_MAYBE_TEXTS = ("correlation_id", "reply_to")


def check(raw: bytes | str) -> None:
    """Complain about what no kombu has put on Redis.

    Parameters
    ----------
    raw
        As it came.

    Raises
    ------
    MessageError
        When kombu could not read it, or would unpack it.
    """
    if len(raw) > MAX_ENVELOPE:
        raise MessageError(f"has {len(raw):,} bytes; a message has {MAX_ENVELOPE:,} at most")
    # as kombu reads it, which takes no other encoding
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    try:
        envelope = json.loads(text, object_hook=_plain, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"is no JSON: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(envelope, dict):
        raise MessageError("is no envelope of a message")
    headers, properties = envelope.get("headers"), envelope.get("properties")
    if not isinstance(headers, dict) or not isinstance(properties, dict):
        raise MessageError("is an envelope without headers or properties")
    if headers.get("compression") is not None:
        raise MessageError("is compressed; a message never is")
    for name in _TEXTS:
        _check_word(envelope.get(name), name)
    _check_properties(properties)
    _check_body(envelope.get("body"))


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what kombu would make something else of than an object."""
    if "__type__" in value:
        raise MessageError("holds a value of a type of its own")
    return value


def _finite(word: str) -> float:
    raise MessageError(f"holds {word}, which is no JSON")


def _check_properties(properties: Mapping[str, Any]) -> None:
    if properties.get("body_encoding") != "base64":
        raise MessageError("has a body in another encoding than base64")
    _check_word(properties.get("delivery_tag"), "delivery_tag")
    for name in _MAYBE_TEXTS:
        if properties.get(name):
            _check_word(properties[name], name)
    priority = properties.get("priority", 0)
    if type(priority) is not int or not 0 <= priority <= 9:
        raise MessageError("has another priority than 0 to 9")
    delivery = properties.get("delivery_info")
    if not isinstance(delivery, dict):
        raise MessageError("does not say where it was sent")
    if delivery.get("exchange") != "":  # the name of the one that goes by queues
        _check_word(delivery.get("exchange"), "exchange")
    # remote control and events are told to all who listen to an exchange
    if delivery.get("routing_key") != "" or not delivery.get("exchange"):
        _check_word(delivery.get("routing_key"), "routing_key")


def _check_body(body: object) -> None:
    if not isinstance(body, str):
        raise MessageError("has no body")
    try:
        base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise MessageError("has a body that is no base64") from None


def _check_word(word: object, name: str) -> None:
    if not (isinstance(word, str) and 0 < len(word) <= LONGEST_WORD and word.isprintable()):
        raise MessageError(f"has an envelope whose {name} is no word")
