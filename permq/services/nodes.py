"""Nodes of this machine: worker processes that take jobs."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from permq.services.members import Member, Stage

CHECKPOINT_SECONDS = 60.0
"""A worker that is asked to end may take so long to finish what it can and save the rest."""


def processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def names(count: int) -> list[str]:
    """Names of so many nodes: node1, node2, …"""
    return [f"node{number}" for number in range(1, count + 1)]


def member(
    name: str, slots: int, folder: Path, servers: Mapping[str, str], ready: Callable[[], bool]
) -> Member:
    """Describe the worker of one node.

    Parameters
    ----------
    name
        The node's.
    slots
        How many jobs it works on at once.
    folder
        Its caches and its spool; made here.
    servers
        Variables that name the servers.
    ready
        Whether it has registered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Member(
        name=name,
        stage=Stage.WORKER,
        command=(
            *(sys.executable, "-P", "-m", "permq", "worker", "start"),
            *("--name", name, "--slots", str(slots), "--data", str(folder)),
        ),
        variables={**servers, "PYTHONUNBUFFERED": "1"},
        folder=folder,
        ready=ready,
        start_seconds=60.0,
        stop_seconds=CHECKPOINT_SECONDS,
        may_leave=True,  # `permq worker drain`
    )
