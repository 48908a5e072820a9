"""The dashboard: the page that shows jobs, pool, history and benchmarks."""

import importlib.metadata
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from permq.services.members import Member, Stage
from permq.services.ports import LOOPBACK
from permq.services.web import answers

NAME = "dashboard"


def version() -> str:
    """Version of the dashboard, which is permq's own."""
    return importlib.metadata.version("permq")


def member(servers: Mapping[str, str], port: int, folder: Path) -> Member:
    """Describe the dashboard's process on this machine's own address.

    Parameters
    ----------
    servers
        Variables that name the servers.
    port
        Where it listens.
    folder
        Data folder of `permq up`, which knows where Flower is; it runs there.
    """
    return Member(
        name=NAME,
        stage=Stage.WATCHER,
        command=(
            *(sys.executable, "-P", "-m", "permq", "dashboard"),
            *("--address", LOOPBACK, "--port", str(port), "--data", str(folder)),
        ),
        variables={**servers, "PYTHONUNBUFFERED": "1"},
        folder=folder,
        ready=partial(is_ready, f"http://{LOOPBACK}:{port}"),
    )


def is_ready(url: str) -> bool:
    """Whether the dashboard answers."""
    return answers(url, "/healthz")
