"""What the dashboard refuses, and what it says to every browser."""

import base64
import socket
import time

import pytest

from permq.dashboard import app
from permq.dashboard.guards import Guard
from tests.dashboards import LINKS, Served
from tests.dribbling import dribble

STRICT = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")


@pytest.fixture(scope="module")
def served(module_postgres_url):
    """One for all: nothing that is asked here changes anything."""
    served = Served(module_postgres_url)
    yield served
    served.end()


@pytest.fixture(scope="module")
def locked(module_postgres_url):
    """One that asks for a password, for whatever name."""
    served = Served(module_postgres_url, Guard(None, "secret"))
    yield served
    served.end()


@pytest.mark.parametrize("path", ["/", "/api/overview", "/page.js", "/nowhere", "/healthz"])
def test_every_answer_tells_the_browser_to_be_strict(served, path):
    headers = served.ask(path).headers
    assert all(rule in headers["Content-Security-Policy"] for rule in STRICT)
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers


def test_the_page_holds_no_script_of_its_own_and_asks_nobody_else(served):
    page = served.ask("/").body.decode()
    assert "<script>" not in page
    assert "style=" not in page
    assert "//" not in page.replace("<!doctype html>", "")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/page.js", "javascript"),
        ("/charts.js", "javascript"),
        ("/panels.js", "javascript"),
        ("/words.js", "javascript"),
        ("/style.css", "text/css"),
        ("/icon.svg", "image/svg+xml"),
        ("/echarts/echarts.min.js", "javascript"),
        ("/echarts/LICENSE", "octet-stream"),
    ],
)
def test_the_pages_files_are_there(served, path, kind):
    answer = served.ask(path)
    assert answer.status == 200
    assert kind in answer.headers["Content-Type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/api/overview", "/api/puzzles/1/history", "/nowhere"])
def test_nothing_but_reading_is_allowed(served, method, path):
    answer = served.ask(path, method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/api/overview", "/healthz", "/page.js"])
def test_head_is_get_without_the_body(served, path):
    answer = served.ask(path, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    "path",
    [
        "/../app.py",
        "/%2e%2e/app.py",
        "/..%2fapp.py",
        "/echarts/../../config.py",
        "/echarts/%2e%2e/%2e%2e/config.py",
        "//etc/passwd",
        "/page.js/../../app.py",
        "/api/overview/",
        "/api/puzzles/1",
        "/api/puzzles/1/nothing",
        "/api/puzzles/-1/history",
        "/api/puzzles/99999999999999999999/history",
        "/api/puzzles/1;drop/history",
        "/api/pictures/x",
        "/api/guard",
    ],
)
def test_whatever_else_is_asked_for_is_not_there(served, path):
    assert served.ask(path).status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8050", "127.0.0.1.evil.example"])
def test_a_page_of_another_name_is_refused(served, host):
    assert served.ask("/api/overview", Host=host).status == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8050", "[::1]:8050"])
def test_this_machines_names_are_known(served, host):
    assert served.ask("/api/overview", Host=host).status == 200


def test_another_address_is_asked_for_by_any_name(locked):
    word = base64.b64encode(b"permq:secret").decode()
    told = locked.ask("/", Host="lab.example", Authorization=f"Basic {word}")
    assert told.status == 200


@pytest.mark.parametrize(
    "given", ["", "Basic", "Basic !!", "Basic cGVybXE6d3Jvbmc=", "Bearer cGVybXE6c2VjcmV0"]
)
def test_without_the_password_nothing_is_told(locked, given):
    headers = {"Authorization": given} if given else {}
    for path in ("/", "/api/overview", "/page.js", "/api/pictures/1", "/nowhere"):
        answer = locked.ask(path, **headers)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith('Basic realm="permq"')
        assert b"permq:" not in answer.body
    # whoever keeps it running may know that it runs
    assert locked.ask("/healthz").status == 200


def test_what_is_too_large_is_refused(served):
    long = b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert served.send(long) in {400, 414, 431, None}
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40_000 + b"\r\n\r\n"
    assert served.send(head) in {400, 431, None}
    body = b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n"
    assert served.send(body) in {400, 413, None}
    assert served.ask("/healthz").status == 200


def test_what_a_password_guards_stays_in_no_cache(locked):
    word = base64.b64encode(b"permq:secret").decode()
    for path in ("/", "/page.js", "/api/overview"):
        answer = locked.ask(path, Authorization=f"Basic {word}")
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize("beginning", [b"", b"GET /api/overview HTTP/1.1\r\nHost: localhost\r\n"])
def test_a_client_that_dribbles_is_hung_up_on(module_postgres_url, monkeypatch, beginning):
    monkeypatch.setattr(app, "IDLE_SECONDS", 0.3)
    slow = Served(module_postgres_url)
    try:
        with socket.create_connection(("127.0.0.1", slow.port), timeout=30) as client:
            client.sendall(beginning)
            client.settimeout(0.05)
            with pytest.raises((ConnectionError, EOFError)):
                dribble(client)
        assert slow.ask("/healthz").status == 200
    finally:
        slow.end()


def test_so_many_clients_at_once_and_no_more(served, monkeypatch):
    monkeypatch.setattr(app, "MOST_CLIENTS", 8)
    clients = [
        socket.create_connection(("127.0.0.1", served.port), timeout=30) for _ in range(8 + 1)
    ]
    assert clients[-1].recv(1) == b""  # one more than there may be
    for client in clients:
        client.close()
    until = time.monotonic() + 60
    while True:  # they are gone by and by
        try:
            assert served.ask("/healthz").status == 200
            break
        except OSError:
            assert time.monotonic() < until


def test_an_unchanged_answer_is_not_sent_again(served):
    first = served.ask("/api/board")
    again = served.ask("/api/board", **{"If-None-Match": first.headers["Etag"]})
    assert (again.status, again.body) == (304, b"")


def test_links_lead_to_flower_and_grafana(served):
    assert served.ask("/api/links").json == LINKS


def test_every_file_of_the_page_is_served_and_no_other(served):
    from importlib.resources import files

    for file in (files("permq.dashboard") / "page").iterdir():
        assert served.ask(f"/{file.name}").status == 200
    assert served.ask("/app.py").status == served.ask("/__init__.py").status == 404
