"""What a worker refuses: kept among the dead letters, never executed, and the worker goes on."""

import base64
import json
import pickle

import pytest
from redis import Redis

from permq.fleet.names import queue_of
from tests.nodes import step


class Trap:
    """Whoever unpickles it runs it."""

    def __reduce__(self):
        return exec, ("import os; os.abort()",)


def envelope(body, content_type="application/json", headers=None, **properties):
    """What kombu puts on Redis around a message."""
    known = {"task": "permq.noop", "id": "an-id", "lang": "py"}
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-encoding": "utf-8",
            "content-type": content_type,
            "headers": known | (headers or {}),
            "properties": {
                "body_encoding": "base64",
                "correlation_id": "an-id",
                "delivery_info": {"exchange": "", "routing_key": queue_of("one")},
                "delivery_mode": 2,
                "delivery_tag": "a-tag",
                "priority": 5,
                "reply_to": "",
            }
            | properties,
        }
    )


ARGUMENTS = [{"job": 77, "token": 1, "version": 1}]
RIGHT = json.dumps([ARGUMENTS, {}, None]).encode()
CALLBACK = {"callbacks": [{"task": "permq.noop", "args": ARGUMENTS}]}

BAD = {
    "no JSON": envelope(b"no JSON"),
    "nothing": envelope(b""),
    "a number": envelope(b"5"),
    "an object": envelope(b"{}"),
    "two things": envelope(b"[[], {}]"),
    "too deep": envelope(b"[" * 30_000),
    "a callback": envelope(json.dumps([ARGUMENTS, {}, CALLBACK]).encode()),
    "not UTF-8": envelope(b"[[], {}, null]\xff"),
    "too large": envelope(json.dumps([["x" * 70_000], {}, None]).encode()),
    "pickled": envelope(pickle.dumps(Trap()), "application/x-python-serialize"),
    "pickled in disguise": envelope(pickle.dumps(Trap())),
    "another form": envelope(RIGHT, "application/text"),
    "raw bytes": envelope(RIGHT, "application/data"),
    "a task of Celery's": envelope(RIGHT, headers={"task": "celery.backend_cleanup"}),
    "a task of nobody's": envelope(RIGHT, headers={"task": "os.abort"}),
    "a number for a task": envelope(RIGHT, headers={"task": 7}),
    "no task": envelope(RIGHT, headers={"task": None}),
    "no id": envelope(RIGHT, headers={"id": None}),
    "another time": envelope(RIGHT, headers={"eta": "never"}),
    "a limit of time": envelope(RIGHT, headers={"timelimit": [0.001, 0.001]}),
}


@pytest.fixture
def node(fleet):
    return fleet.started()


def test_whatever_is_no_message_of_permqs_is_kept_and_the_worker_goes_on(fleet, node):
    with Redis.from_url(fleet.redis_url) as client:
        client.lpush(queue_of("one"), *BAD.values())
    fleet.until(
        lambda: fleet.rows("SELECT count(*) FROM dead_letters") == [(len(BAD),)], "all are kept"
    )
    done = fleet.submit(step("noop"))
    assert fleet.until_ended(done.jobs) == {done.jobs[0]: "done"}
    assert node.process.poll() is None
    reasons = [reason for (reason,) in fleet.rows("SELECT reason FROM dead_letters")]
    assert all("\n" not in reason for reason in reasons)
    assert "Traceback" not in node.told()
