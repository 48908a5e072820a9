"""`permq dashboard`: one page that shows what the fleet does and what it has learned."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from permq.cli.guarding import required_password
from permq.cli.servers import data_option


@click.command(name="dashboard")
@click.option("--port", type=click.IntRange(1, 65_535), help="By default 8050, if it is free.")
@click.option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen; any that other machines reach needs a password, and what is sent is "
    "not encrypted.",
)
@click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Ask for the name permq and the password in FILE; or set PERMQ_DASHBOARD_PASSWORD.",
)
@data_option
def command(port: int | None, address: str, password_file: Path | None, data: Path | None) -> int:
    """Serve the dashboard until Ctrl-C or SIGTERM.

    It shows running jobs and nodes, the pool, its history, benchmarks and the latest figures,
    changes nothing, and needs nothing from the internet. `permq up` starts one of its own.

    \b
    Example:
      permq dashboard
      permq dashboard --address 0.0.0.0 --password-file secret.txt
    """
    import asyncio

    from permq.cli.servers import reading_url
    from permq.dashboard import PORT
    from permq.dashboard.app import serve
    from permq.dashboard.guards import Guard
    from permq.metrics.server import is_loopback
    from permq.services.ports import chosen_port

    guard = Guard(password=password_for(address, password_file))
    if not is_loopback(address):
        guard = Guard(None, guard.password)
    url = reading_url(data)
    chosen = chosen_port(port, PORT)
    host = f"[{address}]" if ":" in address else address

    def ready() -> None:
        click.echo(f"dashboard: http://{host}:{chosen}/")

    asyncio.run(serve(url, address, chosen, guard=guard, links=links_of(data), ready=ready))
    return 0


def password_for(address: str, file: Path | None) -> str | None:
    """Find out what password is asked for; None for none.

    Raises
    ------
    OptionError
        When there is none and others than this machine could ask, or its file is of no use.
    """
    from permq.config import WatchSettings

    chosen = WatchSettings.read().dashboard_password
    return required_password(address, file, chosen, "PERMQ_DASHBOARD_PASSWORD")


def links_of(data: Path | None) -> Callable[[], Mapping[str, str | None]]:
    """Where Flower and Grafana are, asked anew each time: they may be started later."""
    from permq.config import WatchSettings, data_folder
    from permq.dashboard import GRAFANA
    from permq.services.addresses import running
    from permq.services.flower import PORT as FLOWER_PORT

    place = data_folder() if data is None else data
    grafana = WatchSettings.read().grafana_url or GRAFANA

    def links() -> Mapping[str, str | None]:
        record = running(place)
        flower = (
            record.flower.url if record and record.flower else f"http://127.0.0.1:{FLOWER_PORT}"
        )
        return {"flower": flower, "grafana": grafana}

    return links
