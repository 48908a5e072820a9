"""Whatever lies in a node's queue on Redis: refused, counted, kept, and never executed."""

import base64
import json
import pickle
from random import Random

import pytest
from redis import Redis

from permq.fleet.names import queue_of
from permq.fleet.producer import sender
from permq.metrics.reading import read
from permq.metrics.totals import Totals
from permq.pool.connection import transaction
from tests.fuzz.mutate import bytes_of, json_of
from tests.fuzz.targets.messages import bad_envelopes, envelope, one_message
from tests.nodes import step

QUEUE = queue_of("one")


class Trap:
    """Whoever unpickles it makes a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.fixture
def node(fleet):
    return fleet.started("one")


def counted(fleet):
    """What the exporter counts."""
    connection = fleet.connection
    try:
        with transaction(connection) as cursor:
            return read(cursor, Totals()).dead_letters
    finally:
        connection.close()


def kept(fleet):
    ((count,),) = fleet.rows("SELECT count(*) FROM dead_letters")
    return count


def ends_a_job(fleet):
    done = fleet.submit(step("noop"))
    return fleet.until_ended(done.jobs) == {done.jobs[0]: "done"}


def test_what_is_no_message_is_kept_and_counted_never_executed_and_the_worker_goes_on(
    fleet, node, tmp_path
):
    trap = tmp_path / "executed"
    pickled = pickle.dumps(Trap(trap))
    args = pickle.dumps(([Trap(trap)], {}, None))
    forms = ("application/x-python-serialize", "application/json", "application/data", "x-yaml")
    letters = [
        *bad_envelopes().values(),
        pickled,
        base64.b64encode(pickled),
        *(envelope(args, content_type=form) for form in forms),
        *(envelope(args, content_type=forms[0], content_encoding=code) for code in ("binary", "-")),
        envelope(json.dumps([[pickled.hex()], {}, None]).encode(), headers={"lang": "pickle"}),
    ]
    with Redis.from_url(fleet.redis_url) as client:
        client.lpush(QUEUE, *letters)
    fleet.until(lambda: kept(fleet) == len(letters), "all are kept")
    assert not trap.exists()
    assert counted(fleet) == len(letters)
    assert ends_a_job(fleet)
    assert node.process.poll() is None
    rows = fleet.rows("SELECT reason, body, node FROM dead_letters")
    assert {name for *_, name in rows} == {"one"}
    assert all(reason.isprintable() and len(body) <= 2_000 for reason, body, _ in rows)
    assert "Traceback" not in node.told()


def test_a_worker_outlives_hundreds_of_random_messages(fleet, node):
    rng = Random(7)
    whole = one_message(job=77)
    letters = [rng.randbytes(rng.randrange(200)) for _ in range(60)]
    letters += [json_of(whole, rng) for _ in range(120)]
    letters += [bytes_of(whole, rng, [whole], []) for _ in range(120)]
    with Redis.from_url(fleet.redis_url) as client:
        # remote control listens too, and believes no more of it
        told = [rng.randbytes(40), b"5", b"[" * 20_000, *list(bad_envelopes().values())[:12]]
        assert all(client.publish("/0.celery.pidbox", word) for word in told)
        client.lpush(QUEUE, *letters)
    letters += [word for word in told if word]
    # job 77 is none, so whatever is still a message of it is a dead letter too
    fleet.until(lambda: kept(fleet) == len(letters), "all are kept")
    assert counted(fleet) == len(letters)
    assert ends_a_job(fleet)
    assert node.process.poll() is None
    assert "Traceback" not in node.told()
    with Redis.from_url(fleet.redis_url) as client:
        assert client.llen(QUEUE) == 0
        fleet.until(lambda: client.hlen("unacked.one") == 0, "the job's message is acknowledged")
    assert sender(fleet.redis_url).control.ping(timeout=5, limit=1)
