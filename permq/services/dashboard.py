"""The dashboard: the page that shows jobs, pool, history and benchmarks."""

from collections.abc import Mapping
from pathlib import Path

from permq.services.members import Member
from permq.services.pages import page_member

NAME = "dashboard"


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
    return page_member(NAME, servers, port, folder, ("--data", str(folder)))
