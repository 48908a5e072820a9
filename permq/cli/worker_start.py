"""`permq worker start`: one foreground process that works for the fleet."""

import os
import socket
from pathlib import Path

import click

from permq.cli.servers import data_option
from permq.config import (
    WORK_CLASSES,
    ServiceSettings,
    SigningSettings,
    WorkerSettings,
    prepare_node,
    prepare_worker,
)
from permq.errors import OptionError, ServiceError


@click.command(name="start")
@click.option("--name", metavar="N", help="Name of the node; by default the host's.")
@click.option(
    "--slots",
    type=click.IntRange(1, 1024),
    metavar="K",
    help="Jobs at once, a process each; by default the processors of this machine.",
)
@click.option(
    "--weight",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Preference: a node of weight 0.5 is taken for half as fast as it is.",
)
@click.option(
    "--nice",
    type=click.IntRange(0, 19),
    default=0,
    show_default=True,
    help="Politeness towards other programs of this machine.",
)
@click.option(
    "--classes",
    default=",".join(WORK_CLASSES),
    show_default=True,
    metavar="A,B",
    help="Work it takes.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines of words, or a JSON object a line.",
)
@data_option
def command(
    name: str | None,
    slots: int | None,
    weight: float,
    nice: int,
    classes: str,
    log_format: str,
    data: Path | None,
) -> int:
    """Work for the fleet until Ctrl-C or SIGTERM.

    The two addresses come from PERMQ_REDIS_URL and PERMQ_POSTGRES_URL, or from the file that
    PERMQ_CONFIG names; never from the command line, which everybody on this machine can read. When
    Redis or Postgres is away it waits and goes on. When it is told to end, running jobs keep a
    checkpoint and go on elsewhere. It is `celery -A workers worker -n N@%h -Q node.N` with the
    rest of the settings right.

    \b
    Example:
      permq worker start
      PERMQ_CONFIG=/etc/permq/node.env permq worker start --name bmasass --slots 8 --nice 10
    """
    from permq.encryption import redis_address
    from permq.fleet.names import node_name, node_of_host, queue_of
    from permq.fleet.signing import serializer

    node = node_of_host(socket.gethostname()) if name is None else node_name(name)
    chosen = tuple(word.strip() for word in classes.split(",") if word.strip())
    if not chosen or not set(chosen) <= set(WORK_CLASSES):
        raise OptionError(f"--classes {classes}: choose of {', '.join(WORK_CLASSES)}")
    settings = ServiceSettings.read()
    folder = settings.data if data is None else data
    if settings.redis_url is None or settings.postgres_url is None:
        raise ServiceError(
            "PERMQ_REDIS_URL and PERMQ_POSTGRES_URL must say where the fleet's servers are, in the "
            "environment or in the file that PERMQ_CONFIG names; `permq up` starts all on one "
            "machine"
        )
    # Celery would tell of what is wrong with them in many lines
    redis_address(settings.redis_url)
    serializer(SigningSettings.read())
    prepare_node(
        ServiceSettings(settings.postgres_url, settings.redis_url, folder.absolute()), node
    )
    prepare_worker(WorkerSettings(chosen, weight, log_format))
    if nice:
        os.nice(nice)
    return work(node, queue_of(node), slots or os.cpu_count() or 1)


def work(node: str, queue: str, slots: int) -> int:
    """Become Celery's worker.

    A process of its own in place of this one: permq does not import `workers`.
    """
    import sys

    words = [
        *(sys.executable, "-P", "-m", "celery", "-A", "workers", "--quiet", "worker"),
        *("-n", f"{node}@%h", "-Q", queue, "-c", str(slots), "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle", "--heartbeat-interval", "10"),
    ]
    sys.stdout.flush()
    os.execv(sys.executable, words)  # noqa: S606 - no shell, and every word is ours
