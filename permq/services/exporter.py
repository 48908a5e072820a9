"""The exporter: the fleet's numbers for Prometheus."""

import importlib.metadata
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from permq.services.members import Member, Stage
from permq.services.ports import LOOPBACK
from permq.services.web import answers

NAME = "metrics"
PAGE = "/metrics"


def version() -> str:
    """Version of the exporter, which is permq's own."""
    return importlib.metadata.version("permq")


def member(servers: Mapping[str, str], port: int, folder: Path) -> Member:
    """Describe the exporter's process on this machine's own address.

    Parameters
    ----------
    servers
        Variables that name the servers.
    port
        Where it listens.
    folder
        Where it runs.
    """
    return Member(
        name=NAME,
        stage=Stage.WATCHER,
        command=(
            *(sys.executable, "-P", "-m", "permq", "metrics"),
            *("--address", LOOPBACK, "--port", str(port)),
        ),
        variables={**servers, "PYTHONUNBUFFERED": "1"},
        folder=folder,
        ready=partial(is_ready, f"http://{LOOPBACK}:{port}"),
    )


def is_ready(url: str) -> bool:
    """Whether the exporter answers."""
    return answers(url, "/healthz")
