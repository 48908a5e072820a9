"""The exporter: the fleet's numbers for Prometheus."""

from collections.abc import Mapping
from pathlib import Path

from permq.services.members import Member
from permq.services.pages import page_member

NAME = "metrics"
PAGE = "/metrics"


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
    return page_member(NAME, servers, port, folder)
