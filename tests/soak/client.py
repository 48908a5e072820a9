"""Somebody who watches: a thread that asks every page, over and over."""

import base64
import json
import threading
import urllib.request
from contextlib import suppress

PAGES = ("/", "/api/overview", "/api/board", "/api/links")
PANELS = ("convergence", "consensus", "history", "embedding", "figures")


class Client:
    """Asks the dashboard as an open page does, the exporter as Prometheus, and Flower.

    Parameters
    ----------
    dashboard, exporter, flower
        Addresses.
    login
        Of Flower, `user:password`.
    seconds
        Between two rounds.
    """

    def __init__(
        self, dashboard: str, exporter: str, flower: str, login: str, seconds: float = 2.0
    ) -> None:
        self._dashboard, self._exporter, self._flower = dashboard, exporter, flower
        self._login = base64.b64encode(login.encode()).decode()
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="client", daemon=True)
        self.asked = self.refused = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(60)

    def _watch(self) -> None:
        while not self._over.wait(self._seconds):
            for path in PAGES:
                self._get(self._dashboard + path)
            overview = self._get(self._dashboard + "/api/overview")
            puzzles = json.loads(overview)["puzzles"] if overview else []
            for puzzle in puzzles[:1]:
                for name in PANELS:
                    told = self._get(f"{self._dashboard}/api/puzzles/{puzzle['id']}/{name}")
                    if name == "figures" and told:
                        self._pictures(json.loads(told))
            self._get(self._exporter + "/metrics")
            for path in ("/api/workers", "/api/tasks?limit=50"):
                self._get(self._flower + path, login=True)

    def _pictures(self, figures: object) -> None:
        listed = figures if isinstance(figures, list) else []
        for figure in listed[:3]:
            self._get(f"{self._dashboard}/api/pictures/{figure['id']}")

    def _get(self, address: str, *, login: bool = False) -> bytes:
        request = urllib.request.Request(address)
        if login:
            request.add_header("Authorization", f"Basic {self._login}")
        self.asked += 1
        with suppress(OSError), urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())
        self.refused += 1
        return b""
