"""A Flower for tests, watching a fleet."""

import base64
import json
import os
import subprocess
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from permq.services import flower
from permq.services.ports import LOOPBACK, free_port

PASSWORD = "flower's secret"
LOGIN = "Basic " + base64.b64encode(f"{flower.USER}:{PASSWORD}".encode()).decode()


class FlowerPage:
    """Flower in a process of its own; `is_ready` says when it answers."""

    def __init__(self, servers: Mapping[str, str], folder: Path) -> None:
        self.port = free_port()
        member = flower.member(servers, self.port, PASSWORD, folder)
        self.is_ready = member.ready
        with (folder / "flower.log").open("wb") as log:
            self._process = subprocess.Popen(
                member.command,
                env=os.environ | dict(member.variables),
                cwd=folder,
                stdout=log,
                stderr=log,
            )

    def ask(self, path: str, method: str = "GET", login: str | None = LOGIN) -> tuple[int, bytes]:
        """Status and body."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            headers = {} if login is None else {"Authorization": login}
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        status, body = self.ask(path)
        return json.loads(body) if status == 200 else {}

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
