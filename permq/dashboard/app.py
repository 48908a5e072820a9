"""The page and its answers over HTTP: reading only, nothing from elsewhere."""

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler

from permq.dashboard import board, consensus, course, figures, overview, progress
from permq.dashboard.guards import PICTURE_POLICY, USER, Guard
from permq.dashboard.plain import encode
from permq.dashboard.reading import Reader
from permq.errors import OptionError, PoolError
from permq.pool.connection import Cursor

LONGEST_HEAD = 16 * 1024
LONGEST_BODY = 16 * 1024
IDLE_SECONDS = 75.0
MOST_CLIENTS = 256
ALLOWED = "GET, HEAD"
PAGE_FILES = (
    r"(index\.html|style\.css|icon\.svg"
    r"|(?:page|panels|charts|tables|words|fleet|pool|learning|results)\.js)"
)

# What is told of one puzzle, by the address' last part.
PANELS: Mapping[str, Callable[[Cursor, int], Any]] = {
    "convergence": course.convergence,
    "consensus": consensus.consensus,
    "history": progress.history,
    "embedding": progress.embedding,
    "figures": figures.latest,
}

# What is told of all.
FLEET: Mapping[str, Callable[[Cursor], Any]] = {
    "overview": overview.overview,
    "board": board.board,
}

Links = Callable[[], Mapping[str, str | None]]


class _Guarded(RequestHandler):
    """Base of every answer: its headers, who may ask, and errors as one line."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def set_default_headers(self) -> None:
        for name, value in self.settings["guard"].headers.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        guard: Guard = self.settings["guard"]
        if not guard.knows_host(self.request.host_name):
            raise HTTPError(HTTPStatus.FORBIDDEN, reason="This is not the host you asked for")
        if not guard.admits(self.request.headers.get("Authorization", "")):
            self.set_header("WWW-Authenticate", f'Basic realm="{USER}", charset="UTF-8"')
            # set_status keeps the header, an error would begin anew
            self.set_status(HTTPStatus.UNAUTHORIZED)
            self.finish("401 Unauthorized\n")

    def write_error(self, status_code: int, **facts: Any) -> None:
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", ALLOWED)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {HTTPStatus(status_code).phrase}\n")

    @property
    def reader(self) -> Reader:
        reader: Reader = self.settings["reader"]
        return reader

    async def told(self, answer: Callable[[], Any]) -> None:
        """Finish with JSON, or with 503 and the reason where Postgres is away."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        try:
            self.finish(await answer())
        except PoolError as error:
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
            self.finish(encode({"error": str(error)}))


class _Fleet(_Guarded):
    async def get(self, name: str) -> None:
        if name not in FLEET:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        await self.told(lambda: self.reader.json(name, FLEET[name]))

    head = get


class _Panel(_Guarded):
    async def get(self, puzzle: str, name: str) -> None:
        if name not in PANELS:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        ask = partial(_of_puzzle, PANELS[name], int(puzzle))
        await self.told(lambda: self.reader.json(f"{name} {puzzle}", ask))

    head = get


class _Links(_Guarded):
    async def get(self) -> None:
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(encode(self.settings["links"]()))

    head = get


class _Picture(_Guarded):
    """One picture; the only answer that is not kept, since pages ask once."""

    async def get(self, number: str) -> None:
        try:
            found = await self.reader.row(lambda cursor: figures.picture(cursor, int(number)))
        except PoolError as error:
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE) from error
        if found is None:
            raise HTTPError(HTTPStatus.NOT_FOUND)
        self.set_header("Content-Type", found.media_type)
        self.set_header("Content-Security-Policy", PICTURE_POLICY)
        self.finish(found.content)

    head = get


class _File(StaticFileHandler, _Guarded):
    """A file of the page; which ones there are stands in the routes."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", self.settings["guard"].headers["Cache-Control"])


class _Healthy(_Guarded):
    def prepare(self) -> None:
        """Anybody may ask whether it runs."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("ok\n")

    head = get


class _Nothing(_Guarded):
    def get(self) -> None:
        raise HTTPError(HTTPStatus.NOT_FOUND)

    head = get


def application(reader: Reader, guard: Guard, links: Links) -> Application:
    """The routes.

    Parameters
    ----------
    reader
        Of the pool.
    guard
        Who may ask.
    links
        Addresses of pages beside this one, by name; asked at every request.
    """
    page = str(files("permq.dashboard") / "page")
    charts = str(files("permq") / "static" / "echarts")
    return Application(
        [
            (r"/()", _File, {"path": page, "default_filename": "index.html"}),
            (rf"/{PAGE_FILES}", _File, {"path": page}),
            (r"/echarts/(echarts\.min\.js|LICENSE|NOTICE)", _File, {"path": charts}),
            (r"/healthz", _Healthy),
            (r"/api/links", _Links),
            (r"/api/([a-z]{1,20})", _Fleet),
            (r"/api/puzzles/([0-9]{1,15})/([a-z]{1,20})", _Panel),
            (r"/api/pictures/([0-9]{1,15})", _Picture),
        ],
        default_handler_class=_Nothing,
        log_function=_quiet,
        reader=reader,
        guard=guard,
        links=links,
    )


class _Bounded(HTTPServer):
    """Tornado's server, with so many connections at once and no more."""

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        if len(self._connections) < MOST_CLIENTS:
            super().handle_stream(stream, address)
        else:
            stream.close()


def listening(made: Application, address: str, port: int) -> HTTPServer:
    """Take a port and answer there, in the present event loop.

    Raises
    ------
    OptionError
        When it cannot listen there.
    """
    server = _Bounded(
        made,
        max_header_size=LONGEST_HEAD,
        max_body_size=LONGEST_BODY,
        idle_connection_timeout=IDLE_SECONDS,
        body_timeout=IDLE_SECONDS,
    )
    try:
        server.listen(port, address)
    except OSError as error:
        reason = error.strerror or error
        raise OptionError(f"cannot listen on {address}, port {port}: {reason}") from error
    return server


async def serve(
    url: str, address: str, port: int, *, guard: Guard, links: Links, ready: Callable[[], None]
) -> None:
    """Answer until SIGTERM.

    Parameters
    ----------
    url
        Postgres.
    address, port
        Where it listens.
    guard, links
        See `application`.
    ready
        Called once it listens.
    """
    # what browsers do wrong is no news
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    reader = Reader(url)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    server = listening(application(reader, guard, links), address, port)
    try:
        ready()
        await ended.wait()
    finally:
        server.stop()
        reader.close()


def _of_puzzle(ask: Callable[[Cursor, int], Any], puzzle: int, cursor: Cursor) -> Any:
    return ask(cursor, puzzle)


def _quiet(handler: RequestHandler) -> None:
    """Pages ask all day; errors of this server are logged where they happen."""
