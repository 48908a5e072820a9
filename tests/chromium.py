"""A headless Chromium for tests, spoken to by its own debugging protocol."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

from permq.services.processes import launched

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60.0

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--disable-extensions", "--mute-audio"),
    "--remote-debugging-port=0",
)


def found() -> str | None:
    """The browser's program; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One tab, with everything that it complained of."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, socket: WebSocketClientConnection, target: str
    ) -> None:
        self._loop = loop
        self._socket = socket
        self._target = target
        self._numbers = itertools.count(1)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> Any:
        """Ask the browser for something; gives what it answers."""
        return self._loop.run_until_complete(asyncio.wait_for(self._ask(method, params), PATIENCE))

    def evaluate(self, expression: str) -> Any:
        """Value of a JavaScript expression in the page, by way of JSON."""
        said = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def close(self) -> None:
        """Close the tab, which would go on asking for news."""
        self.send("Target.closeTarget", targetId=self._target)
        self._loop.run_until_complete(self._hang_up())

    def open(self, url: str) -> None:
        """Go to a page, and wait until all its files are there."""
        self.send("Page.navigate", url=url)
        self.until(f"document.readyState === 'complete' && location.href === '{url}'", "it loads")

    def size(self, width: int, height: int) -> None:
        """Give the tab the size of a screen; a narrow one is a phone's."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def prefer(self, scheme: str) -> None:
        """Say that the user's system is `light` or `dark`."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def press(self, key: str) -> None:
        """Press and let go of a key, by its name in the DOM."""
        code = {"Tab": 9, "ArrowRight": 39, "ArrowLeft": 37, "Enter": 13, "Escape": 27}[key]
        for kind in ("rawKeyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def until(self, expression: str, what: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.evaluate(f"Boolean({expression})"):
            if time.monotonic() > end:
                text = self.evaluate("document.body.innerText")
                pytest.fail(f"waited in vain until {what}\n{self.complaints}\n{text}")
            time.sleep(0.05)

    def screenshot(self, path: Path, height: int | None = None) -> None:
        """Keep a picture of the page, of all of it or down to a height."""
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]}
        shot = self.send(
            "Page.captureScreenshot", clip={**clip, "scale": 1}, captureBeyondViewport=True
        )
        path.write_bytes(base64.b64decode(shot["data"]))

    async def _hang_up(self) -> None:
        # outside of its own loop tornado would make another one, and leave it open
        self._socket.close()

    async def _ask(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self._numbers)
        await self._socket.write_message(
            json.dumps({"id": number, "method": method, "params": params})
        )
        while True:
            text = await self._socket.read_message()
            assert text is not None, "the browser has gone"
            message = json.loads(text)
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        facts = message.get("params", {})
        match message.get("method"):
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(facts["exceptionDetails"])[:500])
            case "Runtime.consoleAPICalled" if facts["type"] in {"error", "warning", "assert"}:
                self.complaints.append(json.dumps(facts["args"])[:500])
            case "Log.entryAdded" if facts["entry"]["level"] in {"error", "warning"}:
                self.complaints.append(json.dumps(facts["entry"])[:500])
            case "Network.requestWillBeSent":
                self.asked.append(facts["request"]["url"])


class Chromium:
    """The browser's process, and the loop on which it is spoken to."""

    def __init__(self, program: str, folder: Path) -> None:
        self._folder = folder
        with (folder / "chromium.log").open("wb") as log:
            self._process = subprocess.Popen(
                launched(
                    [program, *FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"],
                    death_signal=signal.SIGKILL,
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"HOME": str(folder)},
                start_new_session=True,
            )
        self._loop = asyncio.new_event_loop()
        self._pages: list[Page] = []

    def page(self) -> Page:
        """Open a tab."""
        self._pages.append(Page(self._loop, *self._loop.run_until_complete(self._connect())))
        return self._pages[-1]

    def close_pages(self) -> None:
        """Close all tabs that were opened here."""
        while self._pages:
            self._pages.pop().close()
        # connections end in the loop
        self._loop.run_until_complete(asyncio.sleep(0.05))

    def close(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._loop.close()

    def _port(self) -> int:
        told = self._folder / "profile" / "DevToolsActivePort"
        end = time.monotonic() + PATIENCE
        while not (told.exists() and told.read_text().strip()):
            log = self._folder / "chromium.log"
            assert self._process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < end, log.read_text(errors="replace")
            time.sleep(0.05)
        return int(told.read_text().split()[0])

    async def _connect(self) -> tuple[WebSocketClientConnection, str]:
        answer = await AsyncHTTPClient().fetch(
            f"http://127.0.0.1:{self._port()}/json/new?about:blank", method="PUT", body=b""
        )
        tab = json.loads(answer.body)
        socket = await websocket_connect(
            tab["webSocketDebuggerUrl"], max_message_size=200 * 1024 * 1024
        )
        return socket, tab["id"]


@pytest.fixture(scope="module")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = found()
    if program is None:
        pytest.skip(f"no browser here: none of {', '.join(NAMES)} is on PATH")
    browser = Chromium(program, tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


@pytest.fixture
def chromium(_browser: Chromium) -> Iterator[Chromium]:
    """The browser, without tabs; a test is skipped where none is installed."""
    yield _browser
    _browser.close_pages()
