"""The exporter's page over HTTP: /metrics for Prometheus, /healthz for who keeps it running."""

import ipaddress
import logging
import socket
import socketserver
import sys
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Timer
from typing import Any
from urllib.parse import urlsplit

from permq.dashboard.guards import LOOPBACK_NAMES, Guard
from permq.errors import OptionError
from permq.metrics.exposition import CONTENT_TYPE

LONGEST_BODY = 64 * 1024
ALLOWED = "GET, HEAD"
PLAIN = "text/plain; charset=utf-8"
READ_SECONDS = 10.0
WHOLE_SECONDS = 60.0
"""A client that sends or takes a byte now and then is hung up on after so long."""
MOST_CLIENTS = 64

# The page is text, and nothing in it is to be done by a browser.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

logger = logging.getLogger(__name__)


class MetricsServer(ThreadingHTTPServer):
    """Serves until `shutdown`; open after it was made.

    Parameters
    ----------
    address, port
        Where it listens; port 0 for any.
    page
        Makes the text of /metrics, from any thread.
    password
        What /metrics asks for, beside the name `permq`; None for nothing.

    Raises
    ------
    OptionError
        When it cannot listen there.
    """

    daemon_threads = True

    def __init__(
        self, address: str, port: int, page: Callable[[], str], password: str | None = None
    ) -> None:
        self.page = page
        # a page of another name that leads to this machine would read the answers otherwise
        self.guard = Guard(LOOPBACK_NAMES if is_loopback(address) else None, password)
        self._free = BoundedSemaphore(MOST_CLIENTS)
        if ":" in address:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((address, port), _Handler)
        except OSError as error:
            reason = error.strerror or error
            raise OptionError(f"cannot listen on {address}, port {port}: {reason}") from error

    def server_bind(self) -> None:
        """Take the port, without asking the name service who this is."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = map(str, self.server_address[:2])  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a client a thread, as long as there are not too many."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a client, in its thread."""
        ending = Timer(WHOLE_SECONDS, _hang_up, (request,))
        ending.daemon = True
        ending.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            ending.cancel()
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about those who hang up; anything else is a fault here."""
        error = sys.exception()
        if not isinstance(error, OSError):
            logger.error("a request failed", exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    server: MetricsServer
    server_version = "permq"
    sys_version = ""
    # to nonsense too the answer has a status and a head
    default_request_version = "HTTP/1.0"
    timeout = READ_SECONDS
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = PLAIN

    def parse_request(self) -> bool:
        """Read the request's head; what cannot be served is answered here."""
        if not super().parse_request():
            return False
        length = self.headers.get("Content-Length", "0").strip()
        if not (length.isascii() and length.isdigit()):
            self.send_error(HTTPStatus.BAD_REQUEST, "Content-Length is no number")
        elif len(length) > 9 or int(length) > LONGEST_BODY:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif self.command not in {"GET", "HEAD"}:
            # unread, it would make the system take back the answer
            self.rfile.read(int(length))
            self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)
        elif not self._knows_host():
            self.send_error(HTTPStatus.FORBIDDEN, "This is not the host you asked for")
        else:
            return True
        return False

    def do_GET(self) -> None:
        """Answer."""
        match self.path.partition("?")[0]:
            case "/metrics" if self.server.guard.admits(self.headers.get("Authorization", "")):
                self._answer(HTTPStatus.OK, self.server.page(), CONTENT_TYPE)
            case "/metrics":
                self.send_error(HTTPStatus.UNAUTHORIZED)
            case "/healthz":
                self._answer(HTTPStatus.OK, "ok\n", PLAIN)
            case _:
                self.send_error(HTTPStatus.NOT_FOUND, "there is /metrics and /healthz")

    def do_HEAD(self) -> None:
        """Answer without the text."""
        self.do_GET()

    def end_headers(self) -> None:
        """Add what every answer says."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer, with the header that its status demands."""
        if self.request_version == "HTTP/0.9":  # it would have neither
            self.request_version = self.default_request_version
        super().send_response(code, message)
        if code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", ALLOWED)
        elif code == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="permq", charset="UTF-8"')

    def log_message(self, *words: Any) -> None:
        """Keep quiet: Prometheus asks all day."""

    def _knows_host(self) -> bool:
        """Whether a request is meant for this server; programs may leave the name out."""
        host = self.headers.get("Host")
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return host is None or self.server.guard.knows_host(name)

    def _answer(self, status: HTTPStatus, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _hang_up(request: socket.socket) -> None:
    """End a connection under whoever reads from it or writes to it."""
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


def is_loopback(address: str) -> bool:
    """Whether nobody but this machine can reach an address; a name is taken for reachable."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
