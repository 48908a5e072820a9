"""`permq flower`: Celery's page that shows workers and tasks, alone."""

import sys
from pathlib import Path

import click

from permq.cli.servers import data_option


@click.command(name="flower")
@click.option("--port", type=click.IntRange(1, 65_535), help="By default 5555, if it is free.")
@click.option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen; what is sent is not encrypted, so keep to this machine or a tunnel.",
)
@data_option
def command(port: int | None, address: str, data: Path | None) -> None:
    """Run Flower in the foreground, with a login whose password is generated and printed.

    `permq up` starts one of its own; this is for a machine that only watches.

    \b
    Example:
      permq flower --port 5555
    """
    import os

    from permq.config import ServiceSettings, child_environment
    from permq.services import flower
    from permq.services.addresses import find
    from permq.services.files import new_password
    from permq.services.ports import chosen_port

    addresses = find(ServiceSettings.read().data if data is None else data)
    servers = {
        "PERMQ_POSTGRES_URL": addresses.postgres_url,
        "PERMQ_REDIS_URL": addresses.redis_url,
    }
    password = new_password()
    chosen = chosen_port(port, flower.PORT)
    host = f"[{address}]" if ":" in address else address
    click.echo(f"Flower: http://{host}:{chosen}  user {flower.USER}, password {password}")
    sys.stdout.flush()
    words = flower.command(address, chosen)
    variables = child_environment(flower.variables(servers, password))
    os.chdir("/")  # Celery looks for modules in the present folder first
    # in place of this process, so that signals and the exit status are Flower's own
    os.execve(words[0], words, variables)  # noqa: S606
