import base64
import socket
import time
from http.client import HTTPConnection
from threading import Thread

import pytest

from permq.errors import OptionError
from permq.metrics import server as module
from permq.metrics.exposition import CONTENT_TYPE
from permq.metrics.server import LONGEST_BODY, MetricsServer, is_loopback
from tests.dribbling import dribble

PAGE = "permq_up 1\n"


class Served:
    """A server in a thread of its own, and requests to it."""

    def __init__(self, page=lambda: PAGE, password=None, address="127.0.0.1"):
        self.server = MetricsServer(address, 0, page, password)
        self.address = address
        self.port = int(self.server.server_port)
        self._thread = Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def ask(self, path="/metrics", method="GET", body=None, **headers):
        connection = HTTPConnection(self.address, self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            connection.close()

    def send(self, raw):
        """Bytes as they are; the answer's status, None where there is no answer."""
        with socket.create_connection((self.address, self.port), timeout=30) as client:
            client.sendall(raw)
            client.shutdown(socket.SHUT_WR)
            head = b"".join(iter(lambda: client.recv(4096), b""))
        return int(head.split()[1]) if head else None

    def end(self):
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def serve():
    started = []

    def start(**options):
        started.append(Served(**options))
        return started[-1]

    yield start
    for served in started:
        served.end()


def login(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_the_page_comes_as_prometheus_wants_it(serve):
    served = serve()
    status, text, headers = served.ask()
    assert (status, text) == (200, PAGE)
    assert headers["Content-Type"] == CONTENT_TYPE
    assert served.ask("/metrics?name=x")[0] == 200


def test_head_gives_the_length_alone(serve):
    status, text, headers = serve().ask(method="HEAD")
    assert (status, text, headers["Content-Length"]) == (200, "", str(len(PAGE)))


@pytest.mark.parametrize("path", ["/", "/metrics/", "/favicon.ico", "//[", "*", "/%2e%2e/x"])
def test_other_places_do_not_exist(serve, path):
    assert serve().ask(path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused_with_those_that_are_not(serve, method):
    status, _, headers = serve().ask(method=method, body=b"x" * 1000)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("length", [LONGEST_BODY + 1, 10**30])
def test_what_is_too_large_is_refused_unread(serve, length):
    head = f"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
    assert serve().send(head.encode()) == 413


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /metrics HTTP/x.y\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: ٣\r\n\r\n".encode(),
    ],
)
def test_what_is_no_request_is_refused(serve, raw):
    assert serve().send(raw) == 400


def test_a_line_or_a_head_without_end_is_refused(serve):
    served = serve()
    assert served.send(b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n") == 414
    assert served.send(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n") == 431


def test_no_one_who_hangs_up_or_talks_nonsense_leaves_a_trace(serve, capfd):
    served = serve()
    served.send(b"")
    served.send(b"GET /metrics HTTP/1.1\r\nContent-Le")
    served.send(b"\0" * 100)
    assert served.ask()[0] == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9808", "127.0.0.1.evil.example"])
def test_a_page_of_another_name_is_refused(serve, host):
    served = serve()
    for path in ("/metrics", "/healthz"):
        status, text, _ = served.ask(path, Host=host)
        assert (status, PAGE in text) == (403, False)
    assert served.send(f"GET /metrics HTTP/1.1\r\nHost: [{host}\r\n\r\n".encode()) == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:9808", "[::1]:9808"])
def test_this_machines_names_are_known(serve, host):
    served = serve()
    assert served.ask(Host=host)[0] == 200
    assert served.send(b"GET /metrics HTTP/1.0\r\n\r\n") == 200


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/nowhere"])
def test_every_answer_tells_the_browser_to_be_strict(serve, path):
    _, _, headers = serve(password="secret").ask(path)
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= {
        rule.strip() for rule in headers["Content-Security-Policy"].split(";")
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("beginning", [b"", b"GET /metrics HTTP/1.1\r\n", b"POST /metrics HT"])
def test_a_client_that_dribbles_is_hung_up_on(serve, monkeypatch, beginning):
    monkeypatch.setattr(module, "WHOLE_SECONDS", 0.3)
    served = serve()
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as client:
        client.sendall(beginning)
        client.settimeout(0.05)
        with pytest.raises((ConnectionError, EOFError)):
            dribble(client)
    assert served.ask()[0] == 200


def test_so_many_clients_at_once_and_no_more(serve, monkeypatch):
    monkeypatch.setattr(module, "MOST_CLIENTS", 4)
    served = serve()
    waiting = [
        socket.create_connection(("127.0.0.1", served.port), timeout=30) for _ in range(4 + 1)
    ]
    assert waiting[-1].recv(1) == b""  # one more than there may be
    for client in waiting:
        client.close()
    until = time.monotonic() + 60
    while True:  # they are gone by and by
        try:
            assert served.ask()[0] == 200
            break
        except OSError:
            assert time.monotonic() < until


def test_a_password_is_asked_for(serve):
    served = serve(password="näher")
    status, text, headers = served.ask()
    assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="permq", charset="UTF-8"')
    assert PAGE not in text
    for wrong in ("", "Basic", "Basic ???", "Basic näher", login("permq", "far"), "Bearer x"):
        assert served.ask(Authorization=wrong.encode("utf-8"))[0] == 401
    assert served.ask(Authorization=login("root", "näher"))[0] == 401
    assert served.ask(Authorization=login("permq", "näher"))[:2] == (200, PAGE)


def test_whether_it_runs_is_told_without_a_password(serve):
    assert serve(password="secret").ask("/healthz")[:2] == (200, "ok\n")


def test_a_fault_in_the_page_does_not_end_the_server(serve, caplog):
    pages = iter([RuntimeError("broken"), PAGE])

    def page():
        made = next(pages)
        if isinstance(made, Exception):
            raise made
        return made

    served = serve(page=page)
    assert served.send(b"GET /metrics HTTP/1.0\r\n\r\n") is None
    assert served.ask()[0] == 200
    assert [record.message for record in caplog.records] == ["a request failed"]


def test_a_port_that_is_taken_is_told(serve):
    port = serve().port
    with pytest.raises(OptionError, match=f"cannot listen on 127.0.0.1, port {port}"):
        MetricsServer("127.0.0.1", port, lambda: PAGE)


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("", False),
        ("localhost.example", False),
    ],
)
def test_only_this_machines_own_addresses_count_as_such(address, local):
    assert is_loopback(address) is local
