"""Messages: the envelopes that lie on Redis, and what is in them."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from permq.fleet.messages import MessageError
from tests.fuzz.mutate import bytes_of, json_of
from tests.fuzz.target import Target, law

WORDS = (
    *(b'"job":', b'"token":', b'"version":', b'"task":', b'"id":', b'"permq.noop"', b'"headers"'),
    *(b'"compression"', b'"gzip"', b'"content-type"', b'"application/json"', b'"utf-8"', b'"lang"'),
    *(b'"application/x-python-serialize"', b'"body_encoding"', b'"base64"', b'"delivery_info"'),
    *(b'"delivery_tag"', b'"exchange"', b'"routing_key"', b"null", b"[[],{},{}]", b'"callbacks"'),
)


def envelope(
    body: bytes,
    *,
    content_type: Any = "application/json",
    content_encoding: Any = "utf-8",
    headers: Any = None,
    **properties: Any,
) -> bytes:
    """What kombu puts on Redis around a message."""
    known = {"task": "permq.noop", "id": "job-77-1", "lang": "py", "timelimit": [None, None]}
    whole = {
        "body": base64.b64encode(body).decode(),
        "content-encoding": content_encoding,
        "content-type": content_type,
        "headers": known | (headers or {}),
        "properties": {
            "body_encoding": "base64",
            "correlation_id": "job-77-1",
            "delivery_info": {"exchange": "", "routing_key": "node.one"},
            "delivery_mode": 2,
            "delivery_tag": "a-tag",
            "priority": 5,
            "reply_to": "",
        }
        | properties,
    }
    return json.dumps(whole).encode()


def one_message(job: int = 7) -> bytes:
    """A message as permq sends it."""
    return envelope(json.dumps([[{"job": job, "token": 1, "version": 1}], {}, None]).encode())


def bad_envelopes() -> dict[str, bytes]:
    """What no kombu has put there, by what is wrong with it."""
    right = one_message()
    return {
        "words": b"words",
        "nothing": b"",
        "a number": b"5",
        "a list": b"[]",
        "an empty object": b"{}",
        "no object": b'"{}"',
        "half a character": b"\xff\xfe",
        "too deep": b"[" * 30_000,
        "objects too deep": b'{"a":' * 20_000,
        "giant": b'{"body": "' + b"A" * (1 << 20) + b'"}',
        "a body of a number": right.replace(b'"body": "', b'"body": 5, "old": "'),
        "no base64": right.replace(b'"body": "', b'"body": "?'),
        "another encoding of the body": envelope(b"[]", body_encoding="none"),
        "no delivery tag": envelope(b"[]", delivery_tag=None),
        "a list for a tag": envelope(b"[]", delivery_tag=["a"]),
        "no delivery info": envelope(b"[]", delivery_info=None),
        "an exchange of a number": envelope(b"[]", delivery_info={"exchange": 5}),
        "no exchange": envelope(b"[]", delivery_info={"routing_key": "node.one"}),
        "no routing key": envelope(b"[]", delivery_info={"exchange": ""}),
        "a reply to a list": envelope(b"[]", reply_to=["a"]),
        "headers of a list": right.replace(b'"headers": {', b'"headers": [], "old": {'),
        "no properties": right.replace(b'"properties"', b'"others"'),
        "a type of a number": envelope(b"[]", content_type=5),
        "an encoding of a list": envelope(b"[]", content_encoding=["utf-8"]),
        "compressed": envelope(b"x", headers={"compression": "gzip"}),
        "a mark of the encoding": b"\xef\xbb\xbf" + right,
        "another encoding": right.decode().encode("utf-16"),
        "a type of its own": envelope(b"[]", headers={"x": {"__type__": "uuid", "__value__": 5}}),
        "infinite": right.replace(b'"priority": 5', b'"priority": Infinity', 1),
    }


def _prepare_messages(folder: Path) -> Callable[[bytes], object]:
    from permq.fleet.messages import parse

    def run(data: bytes) -> None:
        try:
            args, kwargs, *_ = json.loads(data)
        except (ValueError, TypeError, RecursionError):
            raise MessageError("no arguments") from None
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise MessageError("no arguments")
        message = parse(args, kwargs)
        law(parse(message.to_args(), {}) == message, "it reads otherwise when it is sent")
        law(0 < message.job < 2**63 and 0 <= message.token < 2**63, "no ids of a row")

    return run


def _prepare_envelopes(folder: Path) -> Callable[[bytes], object]:
    """As a worker takes them: from the client's answer to what goes on to a child."""
    from kombu.transport.virtual.base import Base64, Message
    from kombu.utils.json import loads

    import workers
    from permq.fleet import envelopes
    from workers import dead_letters
    from workers.consuming import refusal

    tasks = workers.app.tasks

    class Channel:
        """What a message asks of its channel."""

        def decode_body(self, body: str, encoding: str | None = None) -> bytes:
            law(encoding == "base64", "another encoding")
            return bytes(Base64().decode(body))

        def prepare(self, *_: Any) -> None:
            """Nothing."""

    def run(data: bytes) -> None:
        envelopes.check(data)
        whole = loads(data.decode(errors="replace"))
        message = Message(whole, channel=Channel(), accept={"application/json"})
        delivery: Any = message.delivery_info
        law(isinstance(delivery["exchange"], str), "no exchange")
        law(isinstance(delivery["routing_key"], str), "no routing key")
        law(isinstance(message.delivery_tag, str), "no tag")
        reason = refusal(message, tasks, "json")
        if reason is not None:
            law(reason.isprintable() and len(reason) < 1000, "a reason that cannot be shown")
            stored = dead_letters._storable(str(message.body)[:2000])
            law("\x00" not in stored, "a text that Postgres cannot hold")
            stored.encode()
            raise MessageError(reason)
        law(message.content_type == "application/json", "another form")

    return run


def _inner(data: bytes, rng: Random) -> bytes:
    """Change what is in the body, and leave the envelope whole."""
    try:
        whole = json.loads(data)
        body = base64.b64decode(whole["body"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return data
    changed = json_of(body, rng) if rng.random() < 0.7 else bytes_of(body, rng, (), WORDS)
    return json.dumps({**whole, "body": base64.b64encode(changed).decode()}).encode()


TARGETS = (
    Target(
        "messages",
        "arguments of a task: which job, and its token",
        _prepare_messages,
        lambda: [b'[[{"job": 7, "token": 1, "version": 1}], {}, null]'],
        refusals=(MessageError,),
        words=WORDS,
        mutations=(json_of,),
        longest=1024,
    ),
    Target(
        "envelopes",
        "what lies in a node's queue on Redis",
        _prepare_envelopes,
        lambda: [one_message(), one_message(2**62)],
        refusals=(MessageError,),
        words=(*WORDS, *list(bad_envelopes().values())[:7], b'{"__type__": "datetime"}'),
        mutations=(json_of, _inner),
        weight=6,
    ),
)
