"""How every fault is done: generators that yield the seconds to wait until their next step."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg2
import redis

from permq.errors import PermqError
from tests.chaos.field import FROZEN, Field, Place, any_of, restart, until
from tests.chaos.plan import POSTGRES, REDIS, Strike
from tests.servers import Server

LEAVING_SECONDS = 60.0
"""A worker that was asked to end is killed after so long, as `permq up` does."""
DAY = 86_400.0

Steps = Iterator[float]


def suffer(field: Field, target: str, strikes: tuple[Strike, ...]) -> Steps:
    """All that is planned for one node or server."""
    for strike in strikes:
        yield strike.pause
        if target in {POSTGRES, REDIS}:
            yield from _ON_SERVERS[strike.fault](field, strike.draw)
        else:
            yield from _ON_NODES[strike.fault](field, field.places[target], strike.draw)


def _hit(field: Field, fault: str) -> None:
    field.struck[fault] += 1


def _child_of(place: Place, draw: float) -> Iterator[float]:
    """Wait for a child of the pool; its number is the generator's value, 0 for none."""
    yield from until(place.children, 20)
    found = place.children()
    return any_of(draw, found) if found else 0


def _kill_child(field: Field, place: Place, draw: float) -> Steps:
    if child := (yield from _child_of(place, draw)):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            _hit(field, "kill child")


def _kill_worker(field: Field, place: Place, draw: float) -> Steps:
    """Kill the main process alone; its children have to notice."""
    yield from until(place.runs, 10)
    place.expected_down = True
    os.kill(place.process.pid, signal.SIGKILL)
    _hit(field, "kill worker")
    place.process.process.wait(10)
    yield 3 * draw
    place.start()
    yield 1.0


def _kill_node(field: Field, place: Place, draw: float) -> Steps:
    place.kill()
    _hit(field, "kill node")
    # at times it stays away for longer than a dead node
    yield 9 * draw
    place.start()
    yield 1.0


def _terminate(field: Field, place: Place, draw: float) -> Steps:
    place.expected_down = True
    if place.runs():
        place.process.process.terminate()
    _hit(field, "SIGTERM")
    yield from until(lambda: not place.runs(), LEAVING_SECONDS)
    if place.runs():
        field.told["workers that did not leave in time"] += 1
    place.kill()
    yield 2 * draw
    place.start()
    yield 1.0


def _freeze_node(field: Field, place: Place, draw: float) -> Steps:
    place.signal(signal.SIGSTOP)
    _hit(field, "freeze node")
    yield FROZEN[0] + draw * (FROZEN[1] - FROZEN[0])
    place.signal(signal.SIGCONT)
    yield 1.0


def _freeze_child(field: Field, place: Place, draw: float) -> Steps:
    child = yield from _child_of(place, draw)
    if not child:
        return
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGSTOP)
        _hit(field, "freeze child")
        yield FROZEN[0] + draw * (FROZEN[1] - FROZEN[0])
        os.kill(child, signal.SIGCONT)
    yield 1.0


def _cut(field: Field, place: Place, draw: float) -> Steps:
    for gate in place.network:
        gate.cut()
    _hit(field, "network cut")
    yield 1 + 7 * draw
    for gate in place.network:
        gate.open()


def _silence(field: Field, place: Place, draw: float) -> Steps:
    for gate in place.network:
        gate.silence()
    _hit(field, "network silent")
    yield 1 + 7 * draw
    for gate in place.network:
        gate.open()


def _full_disk(field: Field, place: Place, draw: float) -> Steps:
    """The disk of spool and log is full just when the spool is needed; at times at a start too."""
    if place.disk is None:
        return
    place.disk.fill()
    _hit(field, "full disk")
    if draw > 0.5:
        yield from _kill_child(field, place, draw)
    for gate in place.network:
        gate.cut()
    yield 6.0
    # half of the time the servers come back first, else the disk
    first, second = (_reopen, _free) if draw < 0.5 else (_free, _reopen)
    first(place)
    yield 4.0
    second(place)


def _reopen(place: Place) -> None:
    for gate in place.network:
        gate.open()


def _free(place: Place) -> None:
    if place.disk is not None:
        place.disk.free()


def _jump(field: Field, place: Place, draw: float) -> Steps:
    """The wall clock jumps by up to 400 days, forwards or backwards, and later back again."""
    place.set_clock((draw - 0.4) * 700 * DAY)
    _hit(field, "clock jump")
    yield 4.0
    place.set_clock(0.0)


def _kill_postgres(field: Field, draw: float) -> Steps:
    with suppress(PermqError):
        field.remember()
    field.postgres.kill()
    _hit(field, "kill Postgres")
    yield 0.5 + 7 * draw
    yield from restart(field.postgres)


def _kill_backend(field: Field, draw: float) -> Steps:
    """Postgres ends all others then, and recovers from its log."""
    pid = field.postgres.pid

    def backends() -> list[int]:
        with suppress(OSError):
            return [
                int(child)
                for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                if b"permq permq" in Path(f"/proc/{child}/cmdline").read_bytes()
            ]
        return []

    yield from until(backends, 20)
    if found := backends():
        with suppress(ProcessLookupError):
            os.kill(any_of(draw, found), signal.SIGKILL)
            _hit(field, "kill backend")
    yield 1.0


def _close_connections(field: Field, draw: float) -> Steps:
    assert field.fleet is not None
    with suppress(PermqError, psycopg2.Error):
        field.fleet.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        _hit(field, "close connections")
    yield 0.5


def _kill_redis(field: Field, draw: float) -> Steps:
    field.redis.kill()
    _hit(field, "kill Redis")
    yield 0.2 + 5 * draw
    yield from restart(field.redis)


def _flush(field: Field, draw: float) -> Steps:
    with redis.Redis.from_url(field.redis.url) as client:
        client.flushall()
    _hit(field, "FLUSHALL")
    yield 0.5


def _full_postgres_disk(field: Field, draw: float) -> Steps:
    """No checkpoint and no log of a job can be written; Postgres may end itself over it."""
    yield from _full_server_disk(field, POSTGRES, field.postgres, draw)


def _full_redis_disk(field: Field, draw: float) -> Steps:
    yield from _full_server_disk(field, REDIS, field.redis, draw)


def _full_server_disk(field: Field, name: str, server: Server, draw: float) -> Steps:
    if name not in field.disks:
        return
    field.disks[name].fill()
    _hit(field, f"full {name.capitalize()} disk")
    yield 1 + 5 * draw
    field.disks[name].free()
    yield 1.0
    if not server.runs:
        server.kill()
        yield from restart(server)


_ON_NODES: dict[str, Callable[[Field, Place, float], Steps]] = {
    "kill child": _kill_child,
    "kill worker": _kill_worker,
    "kill node": _kill_node,
    "SIGTERM": _terminate,
    "freeze node": _freeze_node,
    "freeze child": _freeze_child,
    "network cut": _cut,
    "network silent": _silence,
    "full disk": _full_disk,
    "clock jump": _jump,
}
_ON_SERVERS: dict[str, Callable[[Field, float], Steps]] = {
    "kill Postgres": _kill_postgres,
    "kill backend": _kill_backend,
    "close connections": _close_connections,
    "full Postgres disk": _full_postgres_disk,
    "kill Redis": _kill_redis,
    "FLUSHALL": _flush,
    "full Redis disk": _full_redis_disk,
}
