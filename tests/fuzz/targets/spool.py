"""What processes write down for later: the spool, and the records of `permq up`."""

import json
from collections.abc import Callable
from pathlib import Path

from permq.errors import PermqError
from tests.fuzz.guard import Scratch
from tests.fuzz.mutate import json_of
from tests.fuzz.target import Target, law


class _UnreadableFileError(PermqError):
    """What `read` says by None."""


def _prepare_spool(folder: Path) -> Callable[[bytes], object]:
    from workers.spool import Spooled, read

    scratch = Scratch(folder, "3-0-abc.json")

    def run(data: bytes) -> None:
        spooled = read(scratch.hold(data))
        if spooled is None:
            raise _UnreadableFileError("damaged or of another version")
        found = spooled.found
        law(found, "no finds")
        again = Spooled.of(spooled.fingerprint, spooled.job, spooled.slice, spooled.parent, found)
        law(again.found == found, "finds that read otherwise")
        for number in (spooled.job, spooled.slice, spooled.parent or 0):
            law(0 <= number < 2**63, f"{number} is no number of a row")
        for text in (spooled.fingerprint, *(one.method for one in found)):
            law("\x00" not in text and text.isprintable(), "a text that Postgres cannot hold")

    return run


def _spooled() -> list[bytes]:
    whole = {
        "version": 1,
        "fingerprint": "ab" * 32,
        "job": 3,
        "slice": 0,
        "parent": 7,
        "finds": [["3,1,4,0,2", "anneal"], ["0,1,2,3,4", "refine:repair"]],
    }
    return [json.dumps(whole).encode(), json.dumps({**whole, "parent": None}).encode()]


def _prepare_records(folder: Path) -> Callable[[bytes], object]:
    from permq.services import addresses, leftovers
    from permq.services.files import read_record

    scratch = Scratch(folder, addresses.NAME)

    def run(data: bytes) -> None:
        record = read_record(scratch.hold(data))
        for trace in leftovers.parse(record):
            law(isinstance(trace.name, str) and type(trace.pid) is int, "no process")
            law(trace.pid > 0 and isinstance(trace.identity, str | None), "no process to end")
        found = addresses.read(scratch.path)
        law(found is None or isinstance(found.postgres_url, str), "no address")
        if not record:
            raise _UnreadableFileError("no record")

    return run


def _records() -> list[bytes]:
    member = {
        "name": "redis",
        "pid": 4_000_000,
        "identity": "123",
        "stage": 1,
        "stop_signal": 15,
        "stop_seconds": 5.0,
    }
    whole = {
        "postgres_url": "postgresql://permq:x@127.0.0.1:5432/permq",
        "redis_url": "redis://:x@127.0.0.1:6379/0",
        "flower": {"url": "http://127.0.0.1:5555", "user": "permq", "password": "x"},
        "metrics": "http://127.0.0.1:9187/metrics",
        "dashboard": None,
    }
    return [json.dumps(one).encode() for one in (whole, {"members": [member]}, {"pid": 7})]


TARGETS = (
    Target(
        "spool",
        "finds that wait for the pool",
        _prepare_spool,
        _spooled,
        refusals=(_UnreadableFileError,),
        words=(b'"version": 1', b'"finds":', b"null", b"[", b"]", b"9223372036854775808"),
        mutations=(json_of,),
        longest=2048,
    ),
    Target(
        "records",
        "addresses.json and members.json of permq up",
        _prepare_records,
        _records,
        refusals=(_UnreadableFileError,),
        mutations=(json_of,),
        longest=2048,
    ),
)
