"""permq's own pages as members of `permq up`: a command of permq that answers `/healthz`."""

import importlib.metadata
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from permq.services.members import Member, Stage
from permq.services.ports import LOOPBACK
from permq.services.web import answers


def version() -> str:
    """Version of permq's own pages."""
    return importlib.metadata.version("permq")


def page_member(
    name: str, servers: Mapping[str, str], port: int, folder: Path, words: Sequence[str] = ()
) -> Member:
    """Describe the process of a page on this machine's own address.

    Parameters
    ----------
    name
        Of the command, and of the member.
    servers
        Variables that name the servers.
    port
        Where it listens.
    folder
        Where it runs.
    words
        Further arguments.
    """
    return Member(
        name=name,
        stage=Stage.WATCHER,
        command=(
            *(sys.executable, "-P", "-m", "permq", name),
            *("--address", LOOPBACK, "--port", str(port), *words),
        ),
        variables={**servers, "PYTHONUNBUFFERED": "1"},
        folder=folder,
        ready=partial(is_ready, f"http://{LOOPBACK}:{port}"),
    )


def is_ready(url: str) -> bool:
    """Whether a page answers."""
    return answers(url, "/healthz")
