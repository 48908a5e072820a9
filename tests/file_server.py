"""A real HTTP server on this machine that hands out one file, well or badly."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """What is served, how, and what was asked for.

    `behaviours` are used up one per request; afterwards the file is served properly. A behaviour
    may answer the request itself and return None, or return how many bytes to send before the
    connection is closed.
    """

    content: bytes
    ranges: bool = True
    behaviours: list[Callable[["Handler"], int | None]] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    """Serves the file of its server, with ranges."""

    protocol_version = "HTTP/1.1"
    file: FileServer

    def do_GET(self) -> None:
        file = self.file
        asked = self.headers.get("Range")
        file.asked.append((self.path, asked))
        limit = file.behaviours.pop(0)(self) if file.behaviours else len(file.content)
        if limit is None:
            self.close_connection = True
            return
        start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked and file.ranges else 0
        size = len(file.content)
        if start >= size:
            self.answer(416, {"Content-Range": f"bytes */{size}"})
            return
        headers = {"Content-Length": str(size - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        self.answer(206 if start else 200, headers, file.content[start : start + limit])
        self.close_connection = True

    def answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@contextmanager
def serve(content: bytes, **settings: object) -> Iterator[FileServer]:
    """Serve a file on a free port for the duration of the block."""
    file = FileServer(content, **settings)  # type: ignore[arg-type]
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"file": file}))
    file.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield file
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def cut(after: int) -> Callable[[Handler], int]:
    """Promise everything, then close the connection after some bytes."""
    return lambda handler: after


def status(code: int) -> Callable[[Handler], None]:
    """Answer with an error."""
    return lambda handler: handler.answer(code, {})


def headers(code: int, values: dict[str, str], body: bytes = b"") -> Callable[[Handler], None]:
    """Answer with these headers."""
    return lambda handler: handler.answer(code, values, body)


def silence(seconds: float) -> Callable[[Handler], None]:
    """Keep the client waiting."""
    return lambda handler: time.sleep(seconds)


def garbage(handler: Handler) -> None:
    """Answer with something that is not HTTP."""
    handler.wfile.write(b"\0\1\2 nonsense\r\n\r\n")
