"""Requests to the exporter and the dashboard, as bytes on a connection, without sockets."""

import io
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from permq.errors import PermqError
from tests.fuzz.target import Target, law

PASSWORD = "s3cret"
AUTHORIZATION = b"Authorization: Basic cGVybXE6czNjcmV0\r\n"
WORDS = (
    *(b"GET ", b"HEAD ", b"POST ", b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b" HTTP/0.9", b"\r\n\r\n"),
    *(b"Host: localhost\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(b"Connection: keep-alive\r\n", b"Connection: close\r\n", b"Expect: 100-continue\r\n"),
    *(
        b"/metrics",
        b"/healthz",
        b"/api/overview",
        b"/api/links",
        b"/api/pictures/",
        b"/../",
        b"%2e",
    ),
    *(b"/api/puzzles/1/history", b"?", b"#", b"Range: bytes=0-1\r\n", b"If-None-Match: *\r\n"),
    *(b"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n", b"Content-Encoding: gzip\r\n"),
    *(b"Content-Type: multipart/form-data; boundary=a\r\n", b"0\r\n\r\n", b"\x00", b"\r", b":"),
    AUTHORIZATION,
)
_UNKNOWN = frozenset({501, 505})
"""Answers to a method and a version that there are not."""
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) [^\r\n]*\r\n")


class _RefusedError(PermqError):
    """An answer of 400 to 499, or none: the way of a server to say no."""


def _requests(path: bytes) -> list[bytes]:
    host = b"Host: localhost\r\n"
    return [
        b"GET " + path + b" HTTP/1.1\r\n" + host + AUTHORIZATION + b"\r\n",
        b"HEAD " + path + b" HTTP/1.1\r\n" + host + AUTHORIZATION + b"Connection: close\r\n\r\n",
        b"GET /healthz HTTP/1.0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + host + b"Content-Length: 2\r\n\r\nab",
    ]


def _refused() -> list[bytes]:
    """Well-formed, but not to be served."""
    return [
        b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ]


def _statuses(answer: bytes) -> list[int]:
    """Statuses of the answers on a connection; every one must be whole."""
    found = []
    while answer:
        first = _STATUS.match(answer)
        law(first, f"no answer of HTTP: {answer[:80]!r}")
        head, ends, rest = answer.partition(b"\r\n\r\n")
        law(ends, "the head has no end")
        assert first is not None
        found.append(int(first[1]))
        length = re.search(rb"(?mi)^content-length: *([0-9]+)\r?$", head)
        # the answer to HEAD tells of a body that is not sent
        alone = rest.startswith(b"HTTP/1.")
        answer = rest if alone else rest[int(length[1]) :] if length else b""
    return found


class _Line:
    """A connection that has said all it will say."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.sent = io.BytesIO()

    def makefile(self, *_: object) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self._data))  # type: ignore[arg-type]

    def sendall(self, data: bytes) -> None:
        self.sent.write(data)

    def settimeout(self, _: float) -> None:
        """It never waits."""


def _prepare_metrics(folder: Path) -> Callable[[bytes], object]:
    from permq.metrics.server import MetricsServer, _Handler

    asked = []

    def page() -> str:
        asked.append("")
        return "permq_up 1\n"

    # nobody connects to it: requests are handed to its handler
    server = MetricsServer("127.0.0.1", 0, page, PASSWORD)

    def run(data: bytes) -> None:
        asked.clear()
        line = _Line(data)
        _Handler(line, ("127.0.0.1", 1), server)  # type: ignore[arg-type]
        statuses = _statuses(line.sent.getvalue())
        law(not asked or AUTHORIZATION[21:-2] in data, "told to somebody without password")
        failed = [status for status in statuses if status >= 500 and status not in _UNKNOWN]
        law(not failed, f"the server failed: {failed}")
        if not statuses or statuses[0] >= 400:
            raise _RefusedError("no")

    return run


def _prepare_dashboard(folder: Path) -> Callable[[bytes], object]:
    import asyncio

    from tornado.httpserver import HTTPServer
    from tornado.iostream import BaseIOStream

    from permq.dashboard import app
    from permq.dashboard.guards import Guard
    from permq.dashboard.plain import encode
    from permq.dashboard.reading import Reader

    for name in ("tornado.general", "tornado.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    never, _ = os.pipe()  # where a stream listens that has nothing more to read

    class Answers(Reader):
        """Postgres' part, of which requests are no matter."""

        asked = 0

        async def json(self, key: str, ask: Callable[[Any], Any]) -> bytes:
            self.asked += 1
            return encode({"key": key})

        async def row(self, ask: Callable[[Any], Any]) -> Any:
            self.asked += 1

    class Stream(BaseIOStream):
        """A connection in memory."""

        socket = None

        def __init__(self, data: bytes) -> None:
            super().__init__(max_buffer_size=1 << 20)
            self.data = data
            self.sent = bytearray()

        def fileno(self) -> int:
            return never

        def close_fd(self) -> None:
            self.data = b""

        def read_from_fd(self, buffer: Any) -> int:
            chunk, self.data = self.data[: len(buffer)], self.data[len(buffer) :]
            buffer[: len(chunk)] = chunk
            return len(chunk)

        def write_to_fd(self, data: memoryview) -> int:
            self.sent += data
            return len(data)

        def _is_connreset(self, error: BaseException) -> bool:
            return False

        def set_nodelay(self, value: bool) -> None:
            """There is no socket."""

    reader = Answers("postgresql://nobody@127.0.0.1:1/none")
    made = app.application(reader, Guard(password=PASSWORD), dict)
    server = HTTPServer(
        made,
        max_header_size=app.LONGEST_HEAD,
        max_body_size=app.LONGEST_BODY,
        idle_connection_timeout=app.IDLE_SECONDS,
        body_timeout=app.IDLE_SECONDS,
    )

    async def ask(data: bytes) -> bytes:
        stream = Stream(data)
        server.handle_stream(stream, ("127.0.0.1", 1))  # type: ignore[arg-type]
        (connection,) = server._connections
        await asyncio.wait_for(asyncio.shield(connection._serving_future), 4)
        stream.close()
        return bytes(stream.sent)

    def run(data: bytes) -> None:
        reader.asked = 0
        statuses = _statuses(loop.run_until_complete(ask(data)))
        law(not reader.asked or AUTHORIZATION[21:-2] in data, "told to somebody without password")
        failed = [status for status in statuses if status >= 500 and status not in _UNKNOWN]
        law(not failed, f"the server failed: {failed}")
        if not statuses or statuses[0] >= 400:
            raise _RefusedError("no")

    return run


def _dashboard_seeds() -> list[bytes]:
    paths = (b"/", b"/api/overview", b"/api/puzzles/1/history", b"/api/links", b"/page.js")
    return [one for path in paths for one in _requests(path)[:2]] + _requests(b"/style.css")


TARGETS = (
    Target(
        "exporter",
        "requests to the exporter of metrics",
        _prepare_metrics,
        lambda: _requests(b"/metrics"),
        refusals=(_RefusedError,),
        words=(*WORDS, *_refused()),
        longest=2048,
    ),
    Target(
        "dashboard",
        "requests to the dashboard",
        _prepare_dashboard,
        _dashboard_seeds,
        refusals=(_RefusedError,),
        words=(*WORDS, *_refused()),
        weight=2,
        longest=2048,
    ),
)
