"""`permq flower`: Celery's page that shows workers and tasks, alone."""

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
def command(port: int | None, address: str, data: Path | None) -> int:
    """Run Flower in the foreground, with a login.

    Its password is PERMQ_FLOWER_PASSWORD, or else a generated one, which is printed.
    `permq up` starts one of its own; this is for a machine that only watches.

    \b
    Example:
      permq flower --port 5555
    """
    from permq.config import WatchSettings, data_folder
    from permq.services import flower
    from permq.services.addresses import find
    from permq.services.files import new_password
    from permq.services.ports import chosen_port

    addresses = find(data_folder() if data is None else data)
    servers = {"PERMQ_REDIS_URL": addresses.redis_url}
    chosen_password = WatchSettings.read().flower_password
    password = chosen_password or new_password()
    chosen = chosen_port(port, flower.PORT)
    host = f"[{address}]" if ":" in address else address
    # one that somebody has chosen is known, and does not belong into a log
    shown = "that of PERMQ_FLOWER_PASSWORD" if chosen_password else password
    click.echo(f"Flower: http://{host}:{chosen}  user {flower.USER}, password {shown}")
    return flower.run(servers, address, chosen, password)
