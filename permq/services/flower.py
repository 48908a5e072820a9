"""Flower: Celery's page that shows workers and tasks, with a login."""

import importlib.metadata
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from permq.config import child_environment
from permq.services.members import Member, Stage
from permq.services.ports import LOOPBACK
from permq.services.processes import launched
from permq.services.waking import Waking
from permq.services.web import answers

NAME = "flower"
USER = "permq"
PORT = 5555
APP = "workers.watching"
END = signal.SIGKILL
"""Flower has nothing to finish, and asked to end it would wait for all its questions to workers
to be answered: for ever, when Redis is gone."""

CALM_SECONDS = 60.0
KEPT_TASKS = 20_000
"""Tasks that Flower remembers; what came before is in Postgres."""


def version() -> str:
    """Version of the installed Flower."""
    return importlib.metadata.version("flower")


def command(address: str, port: int) -> tuple[str, ...]:
    """Program and arguments of Flower.

    Parameters
    ----------
    address, port
        Where it listens.
    """
    return (
        *(sys.executable, "-P", "-m", "celery", "-A", APP, "flower"),
        f"--address={address}",
        f"--port={port}",
        f"--max_tasks={KEPT_TASKS}",
        # its own default is a file of Python code in the present folder
        f"--conf={os.devnull}",
    )


def variables(servers: Mapping[str, str], password: str) -> dict[str, str]:
    """Environment of Flower: its secrets do not stand in its arguments.

    Parameters
    ----------
    servers
        Variables that name the servers.
    password
        What it asks for, beside the name `permq`.
    """
    return {
        **servers,
        "FLOWER_BASIC_AUTH": f"{USER}:{password}",
        "FLOWER_UNAUTHENTICATED_API": "false",
        "PYTHONUNBUFFERED": "1",
    }


def member(servers: Mapping[str, str], port: int, password: str, folder: Path) -> Member:
    """Describe Flower's process on this machine's own address.

    Parameters
    ----------
    servers
        Variables that name the servers.
    port
        Where it listens.
    password
        What it asks for.
    folder
        Where it runs; Celery looks there for modules first.
    """
    return Member(
        name=NAME,
        stage=Stage.WATCHER,
        command=command(LOOPBACK, port),
        variables=variables(servers, password),
        folder=folder,
        ready=partial(is_ready, f"http://{LOOPBACK}:{port}", password),
        stop_signal=END,
    )


def run(servers: Mapping[str, str], address: str, port: int, password: str) -> int:
    """Run Flower in the foreground until it ends or a signal to end comes.

    Parameters
    ----------
    servers
        Variables that name the servers.
    address, port
        Where it listens.
    password
        What it asks for.

    Returns
    -------
    int
        0 after a signal, otherwise Flower's exit status.
    """
    with Waking() as waking:
        process = subprocess.Popen(
            launched(command(address, port), death_signal=END),
            env=child_environment(variables(servers, password)),
            cwd="/",  # Celery looks for modules in the present folder first
            start_new_session=True,
        )
        while process.poll() is None and not waking.asked:
            waking.wait(CALM_SECONDS)
        if process.poll() is not None:
            return process.returncode
        process.send_signal(END)
        process.wait()
        return 0


def is_ready(url: str, password: str) -> bool:
    """Whether Flower answers, and is the one of this password rather than another's."""
    return answers(url, "/api/tasks?limit=1", f"{USER}:{password}")
