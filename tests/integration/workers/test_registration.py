"""A node registers again when Postgres goes away while it registers."""

import os
from dataclasses import replace

import workers.node
from permq.pool import holdings
from permq.pool.connection import UnreachableError, scalar, transaction
from tests.integration.pool.test_jobs import NODE
from workers.duties import Duties
from workers.node import Node


def test_a_registration_that_was_rolled_back_is_made_again(fleet, tmp_path, monkeypatch):
    registration = replace(NODE, pid=os.getpid(), slots=1, speed=1.0, classes=("light",))
    ended: list[str] = []
    duties = Duties(tmp_path, "one")
    node = Node(None, fleet.postgres_url, registration, duties, end=ended.append)
    tries: list[int] = []
    real = holdings.held_before

    def away_once(cursor, row, incarnation):
        tries.append(incarnation)
        if len(tries) == 1:
            raise UnreachableError("Postgres went away")
        return real(cursor, row, incarnation)

    monkeypatch.setattr(holdings, "held_before", away_once)
    monkeypatch.setattr(workers.node, "BEAT", 0.2)
    node.start()
    fleet.await_node("one")
    connection = fleet.connection
    with transaction(connection) as cursor:
        cursor.execute("SELECT clock_timestamp()")
        begun = scalar(cursor)
    connection.close()
    fleet.until(
        lambda: bool(ended) or fleet.rows("SELECT 1 FROM nodes WHERE heartbeat >= %s", begun),
        "it beats or ends",
    )
    node.leave()
    assert ended == []
    assert len(tries) == 2
